import Glibc
import JobModel
import Runner
import Testing

/// What is left of a gateway that was killed.
@Suite(.serialized) struct KilledTests {
  static let guardian = ["/usr/bin/env", Rerun.variable + "=guardian"] + Rerun.words("inTheOtherProcessStandGuard")

  @Test(.enabled(if: Rerun.purpose == "guardian")) func inTheOtherProcessStandGuard() { Guardian.stand() }

  /// Starts jobs of every unpleasant kind, without end.
  @Test(.enabled(if: Rerun.purpose == "storm")) func inTheOtherProcessStorm() async throws {
    let guarded = Rerun.value("GUARDED") == "yes"
    let house = try House(
      nodes: [InventoryNode(name: "a", concurrency: 100)],
      commands: [
        "daemon": "setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1; done' & sleep 0.05",
        "twice": "(setsid sh -c 'setsid sleep 300 & exec sleep 300' &); exec sleep 300",
        "deaf": "trap '' TERM HUP INT; while :; do sleep 1; done",
        "short": "(setsid sleep 300 &)",
      ], grace: .seconds(5), directory: Rerun.value("DIRECTORY")
    ) {
      $0.guardian = guarded ? Self.guardian : nil
      // Not even the commands' first processes die with the runner by themselves.
      $0.setpriv = nil
    }
    let token = ("TEST_TOKEN", Rerun.value("TOKEN"))
    for job in 1...60 as ClosedRange<Int64> {
      let command = ["daemon", "twice", "deaf", "short"][Int(job) % 4]
      await house.runner.submit(order(job, command, environment: [token], capture: job % 2 == 0))
      if job == 8 {
        _ = await soon { await house.diary.story(4).phases.contains(.running) }
        print("STORM")
        fflush(nil)
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    try await Task.sleep(for: .seconds(60))
  }

  private func storm(_ tokens: Survivors, in directory: String, guarded: Bool, after pause: Duration) async throws
    -> Int
  {
    var lived = 0
    try await Rerun.run(
      "inTheOtherProcessStorm", purpose: "storm",
      environment: [
        "DIRECTORY": directory, "TOKEN": tokens.variable.value, "GUARDED": guarded ? "yes" : "no",
      ]
    ) { line in
      guard line.hasSuffix("STORM") else { return false }
      _ = await soon { !tokens.pids.isEmpty }
      try? await Task.sleep(for: pause)
      lived = tokens.pids.count
      return true
    }
    return lived
  }

  @Test(.enabled(if: Rerun.purpose == nil), arguments: 1...6)
  func nothingOutlivesIt(_ round: Int) async throws {
    let directory = House.temporaryDirectory()
    defer { House.remove(directory) }
    let tokens = Survivors()
    let pause = Duration.milliseconds(.random(in: 0...250))
    #expect(try await storm(tokens, in: directory, guarded: true, after: pause) > 0)
    #expect(await soon { tokens.pids.isEmpty })
    #expect(await tokens.areNone())
    tokens.end()
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func withoutAGuardianTheNextStartEndsTheRest() async throws {
    let directory = House.temporaryDirectory()
    let (tokens, others) = (Survivors(), Survivors())
    let neighbour = try House(commands: ["long": "exec sleep 300"])
    await neighbour.runner.submit(order(1, "long", environment: [others.variable]))
    #expect(await soon { others.pids.count == 1 })
    #expect(try await storm(tokens, in: directory, guarded: false, after: .milliseconds(100)) > 0)
    #expect(await !tokens.areNone())
    let next = try House(commands: ["ok": "true"], directory: directory)
    try await next.runner.prepare()
    #expect(await tokens.areNone())
    // Who lives in another directory is not touched.
    #expect(others.pids.count == 1)
    #expect(await next.run(order(1, "ok")).phases.last == .succeeded)
    await neighbour.runner.stopAll()
    await neighbour.runner.drain()
    #expect(await others.areNone())
    tokens.end()
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func aGuardianThatFallsIsReplacedAndOneThatIsAskedToGoStays() async throws {
    let guards = Survivors()
    let house = try House(commands: ["ok": "true"]) {
      $0.guardian = ["/usr/bin/env", guards.entry] + Self.guardian.dropFirst()
    }
    try await house.runner.prepare()
    let first = try #require(guards.pids.first)
    for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1] { kill(first, signal) }
    try await Task.sleep(for: .milliseconds(200))
    #expect(guards.pids == [first])
    kill(first, SIGKILL)
    #expect(await soon { guards.pids.count == 1 && guards.pids != [first] })
    #expect(await house.run(order(1, "ok")).phases.last == .succeeded)
    await house.runner.drain()
    #expect(await soon { guards.pids.isEmpty })
  }

  @Test func withoutTheGuardianThatWasAskedForNothingRuns() async throws {
    for words in [["/no/such/program"], ["/bin/true"]] {
      let house = try House(commands: ["ok": "true"]) { $0.guardian = words }
      let story = await house.run(order(1, "ok"))
      #expect(story.phases == [.accepted, .waiting, .crashed])
      #expect(story.reason?.hasPrefix("the guardian could not be started: ") == true)
      await #expect(throws: RunnerFault.self) { try await house.runner.prepare() }
    }
  }

  @Test func twoRunnersCannotLiveInOneDirectory() async throws {
    let first = try House(commands: ["ok": "true"])
    try await first.runner.prepare()
    let second = try House(commands: ["ok": "true"]) { $0.home = first.directory + "/home" }
    let story = await second.run(order(1, "ok"))
    #expect(story.phases.last == .crashed)
    #expect(story.reason?.contains("another runner uses \(first.directory)/home") == true)
    await first.runner.drain()
    #expect(await second.run(order(2, "ok")).phases.last == .succeeded)
  }
}
