import Glibc
import JobModel
import Runner
import Testing

/// How runs on another machine end, and what ends with them.
@Suite(.enabled(if: Sshd.isThere && [nil, "remote"].contains(Rerun.purpose)), .serialized) struct RemoteEndTests {
  @Test func aStopThereEndsWhoIgnoresItAndWhoHasLeft() async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let house = try Remote.house(
      sshd,
      ["deaf": "setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done' & trap '' TERM; sleep 300; wait"])
    let asked = order(1, "deaf", on: ["far"], environment: [tokens.variable], capture: true)
    await house.runner.submit(asked)
    #expect(try await soon { try await house.text(asked, node: "far") == "" && tokens.pids.count >= 3 })
    #expect(await house.runner.stop(job: 1) == .stopping)
    let story = await house.diary.over(1)
    #expect(story.phases == [.accepted, .waiting, .running, .stopping, .stopped])
    #expect(await tokens.areNone())
    #expect(try await house.text(asked, node: "far") == "up\n")
    tokens.end()
    await house.runner.drain()
  }

  @Test func whoListensThereMayTidyUp() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(
      sshd, ["tidy": "trap 'echo tidied; exit 7' TERM; touch \"$UP\"; while :; do sleep 0.01; done"],
      grace: .seconds(30))
    let up = sshd.directory + "/up"
    let asked = order(1, "tidy", on: ["far"], environment: [("UP", up)], capture: true)
    await house.runner.submit(asked)
    #expect(await soon { access(up, F_OK) == 0 })
    _ = await house.runner.stop(job: 1)
    let story = await house.diary.over(1)
    #expect(story.phases.last == .stopped)
    #expect(story.exit(of: "far") == 7)
    #expect(try await house.text(asked, node: "far") == "tidied\n")
    await house.runner.drain()
  }

  @Test func whatStaysInTheBackgroundThereEndsToo() async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let house = try Remote.house(
      sshd, ["fork": "setsid sleep 300 & (setsid sh -c 'trap \"\" TERM; sleep 300; :' &) ; echo done"])
    let asked = order(1, "fork", on: ["far"], environment: [tokens.variable], capture: true)
    let story = await house.run(asked)
    #expect(story.phases.last == .succeeded)
    #expect(story.error(of: "far") == "processes it left behind were ended")
    #expect(try await house.text(asked, node: "far") == "done\n")
    #expect(await tokens.areNone())
    tokens.end()
    await house.runner.drain()
  }

  @Test func aStopInEveryMomentOfTheStartIsAStop() async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["long": "sleep 300"])
    for job in 1...20 as ClosedRange<Int64> {
      await house.runner.submit(order(job, "long", on: ["far"], environment: [tokens.variable]))
      try await Task.sleep(for: .milliseconds(15 * job))
      #expect(await house.runner.stop(job: job) == .stopping)
      let story = await house.diary.over(job)
      #expect(story.phases.last == .stopped)
      #expect(story.phases(of: "far").last == .stopped)
    }
    #expect(await tokens.areNone())
    #expect(await !house.runner.isBusy("far"))
    tokens.end()
    await house.runner.drain()
  }

  @Test func aRunTimeoutEndsWhatRunsThere() async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["long": "sleep 300"])
    let story = await house.run(order(1, "long", on: ["far"], environment: [tokens.variable], timeout: 2))
    #expect(story.phases == [.accepted, .waiting, .running, .stopping, .expired])
    #expect(await tokens.areNone())
    tokens.end()
    await house.runner.drain()
  }

  @Test(arguments: [SIGKILL, SIGSTOP])
  func whenTheConnectionBreaksTheOtherSideEnds(_ signal: Int32) async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["long": "echo up; setsid sh -c 'trap \"\" TERM; sleep 300; :' & sleep 300"]) {
      $0.beat = 1
    }
    let asked = order(1, "long", on: ["far"], environment: [tokens.variable], capture: true)
    await house.runner.submit(asked)
    #expect(await soon { tokens.pids.count >= 3 })
    let clients = Remote.clients(house, but: tokens)
    #expect(clients.count == 2)
    // Killed, it is heard of at once; stopped, it dies without a word.
    for client in clients { kill(client, signal) }
    #expect(await soon { tokens.pids.isEmpty })
    if signal == SIGSTOP { for client in clients { kill(client, SIGKILL) } }
    let story = await house.diary.over(1)
    #expect(story.phases(of: "far") == [.ready, .running, .lost])
    #expect(story.phases.last == .crashed)
    #expect(story.reason?.contains("the connection to \(Sshd.account)@127.0.0.1 was lost") == true)
    #expect(try await house.text(asked, node: "far") == "up\n")
    // The next job finds a new connection.
    #expect(await house.run(order(2, "long", on: ["far"], timeout: 2)).phases.last == .expired)
    tokens.end()
    await house.runner.drain()
  }

  @Test(.enabled(if: Rerun.purpose == "remote")) func inTheOtherProcessRunThere() async throws {
    var target = SSHTarget(address: Sshd.account + "@127.0.0.1", port: Int(Rerun.value("PORT")))
    target.identity = Rerun.value("KEYS") + "/user"
    target.knownHosts = Rerun.value("KEYS") + "/known"
    let house = try House(
      nodes: [InventoryNode(name: "far", ssh: target)],
      commands: ["long": "setsid sh -c 'trap \"\" TERM HUP; sleep 300; :' & trap '' TERM HUP; sleep 300; :"],
      directory: Rerun.value("DIRECTORY")
    ) {
      if Rerun.value("GUARDED") == "yes" { $0.guardian = KilledTests.guardian }
      $0.setpriv = nil
    }
    await house.runner.submit(order(1, "long", on: ["far"], environment: [("TEST_TOKEN", Rerun.value("TOKEN"))]))
    print("RUNS")
    fflush(nil)
    try await Task.sleep(for: .seconds(60))
  }

  @Test(arguments: [true, false]) func whenTheGatewayIsKilledTheOtherSideEnds(_ guarded: Bool) async throws {
    let tokens = Survivors()
    let sshd = try await Sshd()
    let directory = House.temporaryDirectory()
    defer { House.remove(directory) }
    var lived = false
    let killer = Task {
      let seen = await soon { tokens.pids.count >= 4 }
      return seen
    }
    try await Rerun.run(
      "inTheOtherProcessRunThere", purpose: "remote",
      environment: [
        "PORT": "\(sshd.port)", "KEYS": sshd.directory, "DIRECTORY": directory, "TOKEN": tokens.variable.value,
        "GUARDED": guarded ? "yes" : "no",
      ]
    ) { line in
      guard line.hasSuffix("RUNS") else { return false }
      lived = await killer.value
      return true
    }
    #expect(lived)
    #expect(await soon { tokens.pids.isEmpty })
    #expect(await tokens.areNone())
    tokens.end()
    // Without a guardian, the shared connection itself is what the next start ends.
    let next = try House(commands: [:], directory: directory)
    try await next.runner.prepare()
    #expect(Remote.clients(next, but: tokens) == [])
  }
}
