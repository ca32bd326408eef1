import Glibc
import Runner
import Testing

@Suite struct VoteTests {
  @Test func allNodesMustBeReadyUnlessAQuorumIsGiven() async throws {
    let house = try House(commands: ["ok": "true"])
    let story = await house.run(order(1, "ok", on: ["a", "nobody", "b"]))
    #expect(story.phases == [.accepted, .waiting, .rejected])
    #expect(story.phases(of: "a") == [.ready, .withdrawn])
    #expect(story.phases(of: "nobody") == [.unreachable])
    #expect(story.reason == "2 of 3 nodes ready, quorum 3")
  }

  @Test func aQuorumThatIsMetRunsTheReadyNodes() async throws {
    let house = try House(commands: ["ok": "true"])
    let story = await house.run(order(1, "ok", on: ["a", "nobody", "b"], quorum: 2))
    #expect(story.phases == [.accepted, .waiting, .running, .succeeded])
    #expect(story.phases(of: "a") == [.ready, .running, .succeeded])
    #expect(story.phases(of: "nobody") == [.unreachable])
  }

  @Test(arguments: [0, -1])
  func quorumZeroWithNothingReadySucceedsAtOnce(_ quorum: Int) async throws {
    let house = try House(commands: ["ok": "true"])
    let story = await house.run(order(1, "ok", on: ["nobody"], quorum: quorum))
    #expect(story.phases == [.accepted, .waiting, .running, .succeeded])
    #expect(story.phases(of: "nobody") == [.unreachable])
  }

  @Test func aQuorumAboveTheNumberOfNodesIsNeverMet() async throws {
    let house = try House(commands: ["ok": "true"])
    let story = await house.run(order(1, "ok", on: ["a", "b"], quorum: 999))
    #expect(story.phases.last == .rejected)
    #expect(story.phases(of: "b") == [.ready, .withdrawn])
  }

  @Test func whatIsNotOnTheWhitelistIsRefusedByEveryNode() async throws {
    let house = try House(commands: ["ok": "true"])
    let story = await house.run(order(1, "rm -rf /", on: ["a", "nobody"]))
    #expect(story.phases == [.accepted, .waiting, .rejected])
    #expect(story.phases(of: "a") == [.refused])
    #expect(story.error(of: "a") == "the command is not on the whitelist")
    #expect(story.phases(of: "nobody") == [.unreachable])
  }

  @Test func aBusyNodeRefusesAndTakesTheNextJobAfterwards() async throws {
    let house = try House(
      nodes: [InventoryNode(name: "a"), InventoryNode(name: "two", concurrency: 2)],
      commands: ["long": "sleep 30", "ok": "true"])
    await house.runner.submit(order(1, "long", on: ["a", "two"]))
    #expect(await soon { await house.diary.story(1).phases(of: "two").contains(.running) })
    #expect(await house.runner.isBusy("a"))
    #expect(await !house.runner.isBusy("two"))
    #expect(await !house.runner.isBusy("nobody"))
    let refused = await house.run(order(2, "ok", on: ["a", "two"], quorum: 1))
    #expect(refused.phases(of: "a") == [.refused])
    #expect(refused.error(of: "a") == "busy")
    #expect(refused.phases.last == .succeeded)
    #expect(await house.runner.stop(job: 1) == .stopping)
    _ = await house.diary.over(1)
    #expect(await !house.runner.isBusy("a"))
    #expect(await house.run(order(3, "ok")).phases.last == .succeeded)
  }

  @Test func aWithdrawnNodeIsFreeAgain() async throws {
    let house = try House(commands: ["ok": "true"])
    _ = await house.run(order(1, "ok", on: ["a", "nobody"]))
    #expect(await !house.runner.isBusy("a"))
  }

  @Test func anUnknownUserADirectoryThatIsNotThereAndOtherNonsenseAreRefused() async throws {
    let house = try House(commands: ["ok": "true", "a\0b": "true"])
    let cases: [(RunOrder, String)] = [
      (order(1, "ok", user: "no-such-user"), "unknown user no-such-user"),
      (order(2, "ok", directory: "/no/such"), "no such directory: /no/such"),
      (order(3, "ok", directory: "/etc/passwd"), "no such directory: /etc/passwd"),
      (order(4, "ok", directory: "tmp"), "the directory tmp is not an absolute path"),
      (order(5, "ok", environment: [("A=B", "x")]), "no environment variable can be named 'A=B'"),
      (order(6, "a\0b"), "a NUL cannot be handed to a command"),
      (order(7, String(repeating: "x", count: 200_000)), "the command is too long"),
      (
        order(8, "ok", environment: [("BIG", String(repeating: "x", count: 200_000))]),
        "the environment variable BIG is too long"
      ),
    ]
    for (asked, reason) in cases {
      let story = await house.run(asked)
      #expect(story.phases(of: "a") == [.refused])
      #expect(story.error(of: "a") == reason)
      #expect(story.phases.last == .rejected)
    }
  }

  @Test func aLockedLockIsARefusal() async throws {
    let lock = House.temporaryDirectory()
    defer { House.remove(lock) }
    let house = try House(
      commands: ["hold": "flock \(lock)/l sleep 30", "wait": "true"],
      entries: [.init(.exactly("guarded"), line: "true", lock: lock + "/l")])
    #expect(await house.run(order(1, "guarded")).phases.last == .succeeded)
    await house.runner.submit(order(2, "hold", on: ["b"]))
    let refused = await soon {
      let story = await house.run(order(House.milliseconds(), "guarded"))
      return story.error(of: "a") == "\(lock)/l is locked"
    }
    #expect(refused)
    _ = await house.runner.stop(job: 2)
    _ = await house.diary.over(2)
  }

  @Test func aJobThatIsUnderWayIsNotTakenTwice() async throws {
    let house = try House(commands: ["ok": "sleep 0.2"])
    #expect(await house.runner.submit(order(1, "ok")))
    #expect(await !house.runner.submit(order(1, "ok")))
    #expect(await house.diary.over(1).phases == [.accepted, .waiting, .running, .succeeded])
  }

  @Test func theRunnerAsAWholeCanBeBusy() async throws {
    let house = try House(commands: ["long": "sleep 30", "ok": "true"]) { $0.concurrency = 2 }
    await house.runner.submit(order(1, "long", on: ["a"]))
    #expect(await soon { await house.diary.story(1).phases.contains(.running) })
    #expect(await !house.runner.isBusy("b"))
    let story = await house.run(order(2, "ok", on: ["b", "c"], quorum: 1))
    #expect(story.phases.last == .succeeded)
    #expect(story.phases(of: "b") == [.ready, .running, .succeeded])
    #expect(story.error(of: "c") == "busy")
    await house.runner.submit(order(3, "long", on: ["b"]))
    #expect(await soon { await house.diary.story(3).phases.contains(.running) })
    #expect(await house.runner.isBusy("c"))
    for job in [1, 3] as [Int64] { _ = await house.runner.stop(job: job) }
    await house.runner.drain()
    #expect(await !house.runner.isBusy("c"))
  }

  @Test func whoDoesNotVoteInTimeIsNotThere() async throws {
    let tokens = Survivors()
    let silent = House.temporaryDirectory() + "/ssh"
    defer { House.remove(String(silent.dropLast(4))) }
    try Sshd.write("#!/bin/sh\nTEST_TOKEN=\(tokens.variable.value) exec sleep 300\n", to: silent)
    chmod(silent, 0o755)
    let house = try House(
      nodes: [InventoryNode(name: "a"), InventoryNode(name: "far", ssh: SSHTarget(address: "nobody@127.0.0.1"))],
      commands: ["ok": "true"]
    ) {
      $0.voteTimeout = .milliseconds(300)
      $0.ssh = silent
    }
    var story = await house.run(order(1, "ok", on: ["a", "far"]))
    #expect(story.phases == [.accepted, .waiting, .rejected])
    #expect(story.phases(of: "a") == [.ready, .withdrawn])
    #expect(story.phases(of: "far") == [.unreachable])
    #expect(story.error(of: "far") == "no vote within 0.3 seconds")
    story = await house.run(order(2, "ok", on: ["far", "a"], quorum: 1))
    #expect(story.phases == [.accepted, .waiting, .running, .succeeded])
    #expect(await !house.runner.isBusy("far"))
    // A stop need not wait for the vote.
    await house.runner.submit(order(3, "ok", on: ["far"]))
    _ = await house.runner.stop(job: 3)
    #expect(await house.diary.over(3).phases.last == .stopped)
    await house.runner.drain()
    #expect(await tokens.areNone())
    tokens.end()
  }
}
