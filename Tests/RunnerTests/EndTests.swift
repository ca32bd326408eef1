import Glibc
import Runner
import Testing

/// Whether a process is there and no zombie.
func lives(_ pid: pid_t) -> Bool {
  guard let file = fopen("/proc/\(pid)/stat", "r") else { return false }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 512)
  guard fgets(&line, 512, file) != nil else { return false }
  let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return !text.contains(") Z ")
}

@Suite struct EndTests {
  /// Starts a job, waits until `count` process numbers have been printed, and returns them.
  private func start(_ house: House, _ asked: RunOrder, count: Int) async throws -> [pid_t] {
    await house.runner.submit(asked)
    var pids: [pid_t] = []
    #expect(
      try await soon {
        pids = try await house.text(asked).split(separator: "\n").compactMap { pid_t($0) }
        return pids.count == count
      })
    #expect(pids.allSatisfy(lives))
    return pids
  }

  @Test func aStopEndsChildrenAndGrandchildren() async throws {
    let house = try House(commands: ["tree": "echo $$; sh -c 'echo $$; sleep 300 & echo $!; wait' & wait"])
    let pids = try await start(house, order(1, "tree", capture: true), count: 3)
    #expect(await house.runner.stop(job: 1) == .stopping)
    let story = await house.diary.over(1)
    #expect(story.phases == [.accepted, .waiting, .running, .stopping, .stopped])
    #expect(story.phases(of: "a") == [.ready, .running, .stopping, .stopped])
    #expect(!pids.contains(where: lives))
    #expect(await house.runner.stop(job: 1) == .alreadyOver)
    #expect(await house.diary.story(1).all.count == story.all.count)
  }

  @Test func whoDoesNotListenIsKilledAfterTheGrace() async throws {
    // The shell goes at once; its child ignores the polite signal, in a process group of its own.
    let deaf = "set -m; (trap '' TERM; sh -c 'echo $$; while :; do sleep 1; done') & echo $!; wait"
    let house = try House(commands: ["deaf": deaf], grace: .milliseconds(200))
    let pids = try await start(house, order(1, "deaf", capture: true), count: 2)
    #expect(await house.runner.stop(job: 1) == .stopping)
    #expect(await house.diary.over(1).phases.last == .stopped)
    #expect(!pids.contains(where: lives))
  }

  @Test func whoListensMayTidyUp() async throws {
    let house = try House(
      commands: ["tidy": "trap 'sleep 0.2; echo tidied; exit 7' TERM; echo $$; while :; do sleep 0.01; done"],
      grace: .seconds(20))
    let asked = order(1, "tidy", capture: true)
    _ = try await start(house, asked, count: 1)
    _ = await house.runner.stop(job: 1)
    let story = await house.diary.over(1)
    #expect(story.phases.last == .stopped)
    #expect(story.exit(of: "a") == 7)
    #expect(try await house.text(asked).hasSuffix("tidied\n"))
  }

  @Test func aSecondStopWithoutGraceDoesNotWait() async throws {
    let house = try House(commands: ["deaf": "trap '' TERM; echo $$; while :; do sleep 1; done"], grace: .seconds(60))
    let pids = try await start(house, order(1, "deaf", capture: true), count: 1)
    #expect(await house.runner.stop(job: 1) == .stopping)
    try await Task.sleep(for: .milliseconds(50))
    #expect(pids.allSatisfy(lives))
    #expect(await house.runner.stop(job: 1, grace: .zero) == .stopping)
    let story = await house.diary.over(1)
    #expect(story.phases == [.accepted, .waiting, .running, .stopping, .stopped])
    #expect(!pids.contains(where: lives))
  }

  @Test func theRunTimeoutEndsTheNodesThatStillRun() async throws {
    let house = try House(commands: ["some": "test $THE_NODE = b || { echo $$; sleep 300; }"])
    let asked = order(1, "some", on: ["a", "b"], timeout: 8, capture: true)
    let pids = try await start(house, asked, count: 1)
    let story = await house.diary.over(1)
    #expect(story.phases == [.accepted, .waiting, .running, .stopping, .expired])
    #expect(story.phases(of: "a") == [.ready, .running, .stopping, .expired])
    #expect(story.error(of: "a") == "timeout")
    #expect(story.phases(of: "b") == [.ready, .running, .succeeded])
    #expect(!pids.contains(where: lives))
  }

  @Test func aRunTimeoutOfNothingStartsNothing() async throws {
    let house = try House(commands: ["touch": "echo ran"])
    let asked = order(1, "touch", timeout: 0, capture: true)
    let story = await house.run(asked)
    #expect(story.phases.last == .expired)
    #expect(story.phases(of: "a") == [.ready, .expired])
    #expect(try await house.text(asked) == "")
  }

  @Test func aStopBeforeTheStartIsAStopToo() async throws {
    let house = try House(commands: ["long": "sleep 300"])
    for job in 1...20 as ClosedRange<Int64> {
      await house.runner.submit(order(job, "long"))
      #expect(await house.runner.stop(job: job) == .stopping)
      let story = await house.diary.over(job)
      #expect(story.phases.last == .stopped)
      #expect(story.phases(of: "a").last == .stopped)
    }
    #expect(await !house.runner.isBusy("a"))
  }

  @Test func aDrainWaitsForWhatRunsAndTakesNothingNew() async throws {
    let house = try House(commands: ["short": "sleep 0.3"])
    await house.runner.submit(order(1, "short"))
    await house.runner.drain()
    #expect(await house.diary.story(1).phases.last == .succeeded)
    let story = await house.run(order(2, "short"))
    #expect(story.phases == [.accepted, .crashed])
    #expect(story.reason == "the runner is shutting down")
  }

  @Test func stopAllAndDrainLeaveNothing() async throws {
    let house = try House(commands: ["long": "echo $$; sleep 300"])
    var pids: [pid_t] = []
    for job in 1...3 as ClosedRange<Int64> {
      let asked = order(job, "long", on: [["a", "b", "c"][Int(job) - 1]], capture: true)
      await house.runner.submit(asked)
      let node = asked.nodes[0]
      #expect(
        try await soon {
          pids += try await house.text(asked, node: node).split(separator: "\n").compactMap { pid_t($0) }
          return pids.count == Int(job)
        })
    }
    await house.runner.stopAll()
    await house.runner.drain()
    for job in 1...3 as ClosedRange<Int64> { #expect(await house.diary.story(job).phases.last == .stopped) }
    #expect(!pids.contains(where: lives))
  }
}
