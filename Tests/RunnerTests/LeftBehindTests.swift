import Glibc
import JobModel
import Runner
import Testing

/// What a command leaves behind ends with its job.
@Suite struct LeftBehindTests {
  static let ways = [
    "sleep 300 & true", "setsid sleep 300 & true", "(setsid sh -c 'setsid sleep 300 & exit' &) ; true",
    "setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1; done' & true",
    "nohup setsid sh -c '(sleep 300 &); exec sleep 300' >/dev/null 2>&1 & sleep 0.1; true",
    "setsid sh -c 'kill -STOP $$; sleep 300' & sleep 0.1; true",
  ]

  @Test(arguments: ways, [true, false])
  func whatStaysInTheBackgroundEndsWithTheCommand(_ way: String, _ capture: Bool) async throws {
    let tokens = Survivors()
    let house = try House(commands: ["work": way])
    let story = await house.run(order(1, "work", environment: [tokens.variable], capture: capture))
    #expect(story.phases == [.accepted, .waiting, .running, .succeeded])
    #expect(story.exit(of: "a") == 0)
    #expect(story.error(of: "a") == "processes it left behind were ended")
    #expect(await tokens.areNone())
    tokens.end()
  }

  @Test func aCommandThatLeavesNothingIsToldSo() async throws {
    let house = try House(commands: ["work": "sleep 0.1 & wait; true"])
    #expect(await house.run(order(1, "work")).error(of: "a") == nil)
  }

  @Test func whoIsJustTakingOnAnotherProgramIsFoundToo() async throws {
    let tokens = Survivors()
    // The command ends in the very moment in which its child begins to be another program.
    let house = try House(commands: ["work": "setsid sleep 300 & setsid sleep 300 & setsid sleep 300 &"])
    for job in 1...30 as ClosedRange<Int64> {
      _ = await house.run(order(job, "work", environment: [tokens.variable]))
      #expect(tokens.pids == [])
    }
    #expect(await tokens.areNone())
    tokens.end()
  }

  @Test func aStopFindsWhoHasLeftTheSession() async throws {
    let tokens = Survivors()
    let house = try House(
      commands: [
        "work": "setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done' & (setsid sleep 300 &); sleep 300"
      ], grace: .milliseconds(200))
    let asked = order(1, "work", environment: [tokens.variable], capture: true)
    await house.runner.submit(asked)
    #expect(try await soon { try await house.text(asked) == "up\n" && tokens.pids.count >= 4 })
    #expect(await house.runner.stop(job: 1) == .stopping)
    let story = await house.diary.over(1)
    #expect(story.phases.last == .stopped)
    #expect(await tokens.areNone())
    tokens.end()
  }

  @Test func theirsIsTheSameGrace() async throws {
    let house = try House(
      commands: [
        "work":
          "setsid sh -c 'trap \"echo bye >$OUT; exit\" TERM; echo up >$OUT; while :; do sleep 0.01; done' & while ! test -s $OUT; do sleep 0.01; done"
      ],
      grace: .seconds(20))
    let out = house.directory + "/out"
    let story = await house.run(order(1, "work", environment: [("OUT", out)]))
    #expect(story.phases.last == .succeeded)
    let file = fopen(out, "r")
    defer { if let file { fclose(file) } }
    var line = [CChar](repeating: 0, count: 16)
    #expect(file.map { fgets(&line, 16, $0) } != nil)
    #expect(line.starts(with: "bye\n".utf8CString.dropLast()))
  }

  /// The known limit, and the way to leave a daemon behind on purpose.
  @Test func whoRidsItselfOfTheMarkAndTheSessionLivesOn() async throws {
    let tokens = Survivors()
    let house = try House(commands: ["work": "env -u DRAGOMAN_RUN setsid sleep 300 & sleep 0.2"])
    let story = await house.run(order(1, "work", environment: [tokens.variable], capture: true))
    #expect(story.phases.last == .succeeded)
    #expect(story.error(of: "a") == nil)
    #expect(tokens.pids.count == 1)
    tokens.end()
    #expect(await soon { tokens.pids.isEmpty })
  }

  @Test func whoOnlyRidsItselfOfTheMarkDoesNot() async throws {
    let tokens = Survivors()
    let house = try House(commands: ["work": "env -u DRAGOMAN_RUN sleep 300 & sleep 0.2"])
    _ = await house.run(order(1, "work", environment: [tokens.variable]))
    #expect(await tokens.areNone())
    tokens.end()
  }

  @Test func nobodyCanForgeTheMark() async throws {
    let house = try House(commands: ["me": "echo $DRAGOMAN_RUN"])
    let asked = order(1, "me", environment: [("DRAGOMAN_RUN", "forged")], capture: true)
    _ = await house.run(asked)
    let text = try await house.text(asked)
    #expect(text.hasSuffix("/1.0\n") && !text.contains("forged"))
  }
}
