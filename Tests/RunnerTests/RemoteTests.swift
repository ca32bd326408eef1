import Glibc
import JobModel
import Runner
import Testing

/// Runs on another machine, which is this one behind a real ssh.
@Suite(.enabled(if: Sshd.isThere && Rerun.purpose == nil), .serialized) struct RemoteTests {
  @Test func aCommandThereIsLikeACommandHere() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(
      sshd,
      [
        "talk": """
        echo "$THE_JOB $THE_NODE $HOUSE $BOTH '$QUOTED'"; pwd; echo "${SSH_CONNECTION-none} ${HOME-none}"
        stat -c %a "$THE_FILE"; cat "$THE_FILE"; echo; echo "$THE_FILE"; cat; umask
        awk '/^SigIgn/ { print $2 }' /proc/self/status; echo err >&2; exit 3
        """
      ])
    let bytes = Array("a 'b' \n\0\u{ff} $(x)".utf8)
    let asked = order(
      1, "talk", on: ["far", "a"], directory: "/usr",
      environment: [("BOTH", "caller"), ("QUOTED", "it's\n\"$(reboot)\" `x` \\")], file: bytes, capture: true)
    let story = await house.run(asked)
    #expect(story.phases == [.accepted, .waiting, .running, .failed])
    for node in ["far", "a"] {
      #expect(story.phases(of: node) == [.ready, .running, .failed])
      #expect(story.exit(of: node) == 3)
    }
    let (far, here) = (try await house.text(asked, node: "far"), try await house.text(asked))
    var (there, local) = (far.split(separator: "\n"), here.split(separator: "\n"))
    #expect(there.first == "job-1 far yes caller 'it's")
    let place = try #require(there.firstIndex { $0.hasSuffix("/file") })
    #expect(access(String(there[place]), F_OK) != 0)
    // But for the node's name and the file's path they say the same.
    #expect(there.count == local.count)
    there[place] = "FILE"
    local[place] = "FILE"
    #expect(there.dropFirst() == local.dropFirst())
    #expect(try await house.text(asked, node: "far", .stderr) == "err\n")
    #expect(here.hasPrefix("job-1 a "))
    await house.runner.drain()
  }

  @Test func theExitCodesOfSshAreNotTheCommands() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["255": "exit 255", "137": "exit 137", "kill": "kill -9 $$", "0": "true"])
    var story = await house.run(order(1, "255", on: ["far"]))
    #expect(story.exit(of: "far") == 255)
    #expect(story.phases(of: "far") == [.ready, .running, .failed])
    story = await house.run(order(2, "137", on: ["far"]))
    #expect(story.exit(of: "far") == 137)
    story = await house.run(order(3, "kill", on: ["far"]))
    #expect(story.exit(of: "far") == nil)
    #expect(story.error(of: "far") == "killed by signal 9 (SIGKILL)")
    story = await house.run(order(4, "0", on: ["far"], capture: true))
    #expect(story.phases.last == .succeeded)
    #expect(try await house.text(order(4, "0"), node: "far") == "")
    await house.runner.drain()
  }

  @Test func aMachineThatDoesNotAnswerIsUnreachable() async throws {
    let sshd = try await Sshd()
    let others = [
      "port": sshd.target { $0.port = Sshd.freePort() }, "key": sshd.target { $0.identity = "/dev/null" },
      "unknown": sshd.target { $0.knownHosts = "/dev/null" }, "name": sshd.target { $0.address = "-oProxyCommand=x" },
    ]
    let house = try House(
      nodes: others.map { InventoryNode(name: $0.key, ssh: $0.value) }, commands: ["ok": "true"])
    let story = await house.run(order(1, "ok", on: others.keys.sorted()))
    #expect(story.phases == [.accepted, .waiting, .rejected])
    for node in others.keys { #expect(story.phases(of: node) == [.unreachable]) }
    #expect(story.error(of: "port")?.contains("Connection refused") == true)
    #expect(story.error(of: "key")?.contains("Permission denied") == true)
    #expect(story.error(of: "unknown")?.contains("Host key verification failed") == true)
    await house.runner.drain()
  }

  @Test func aNewHostIsBelievedWhenThatIsSaid() async throws {
    let sshd = try await Sshd()
    let known = sshd.directory + "/new"
    let house = try Remote.house(sshd, ["ok": "true"]) {
      $0.knownHosts = known
      $0.hostKeys = .acceptNew
    }
    #expect(await house.run(order(1, "ok", on: ["far"])).phases.last == .succeeded)
    #expect(try Sshd.read(known).contains("ssh-ed25519"))
    await house.runner.drain()
  }

  @Test func aMachineRefusesWhatItCannotDo() async throws {
    let sshd = try await Sshd()
    let lock = sshd.directory + "/lock"
    try Sshd.write("", to: lock)
    let house = try Remote.house(
      sshd, ["ok": "true", "hold": "flock \(lock) sleep 30"],
      entries: [.init(.exactly("guarded"), line: "true", lock: lock)])
    let cases: [(RunOrder, String)] = [
      (order(1, "ok", on: ["far"], user: "no-such-user"), "unknown user no-such-user"),
      (order(2, "ok", on: ["far"], directory: "/no/such"), "no such directory: /no/such"),
      (order(3, "rm -rf /", on: ["far"]), "the command is not on the whitelist"),
    ]
    for (asked, reason) in cases {
      let story = await house.run(asked)
      #expect(story.phases(of: "far") == [.refused])
      #expect(story.error(of: "far") == reason)
    }
    #expect(await house.run(order(4, "guarded", on: ["far"])).phases.last == .succeeded)
    await house.runner.submit(order(5, "hold"))
    #expect(
      await soon {
        await house.run(order(House.milliseconds(), "guarded", on: ["far"])).error(of: "far") == "\(lock) is locked"
      })
    _ = await house.runner.stop(job: 5)
    await house.runner.drain()
  }

  @Test(.enabled(if: geteuid() == 0)) func anotherAccountThereRunsAsItselfAndReadsItsFile() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["who": "id -un; id -gn; echo $HOME $USER; cat \"$THE_FILE\""])
    let asked = order(1, "who", on: ["far"], user: "nobody", file: Array("mine".utf8), capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    #expect(try await house.text(asked, node: "far") == "nobody\nnogroup\n/nonexistent nobody\nmine")
    await house.runner.drain()
  }

  @Test func moreRunsThanOneConnectionTakesAllEndWell() async throws {
    let sshd = try await Sshd(["MaxSessions 3"])
    let house = try Remote.house(sshd, ["work": "sleep 0.5; echo $THE_JOB"])
    await withTaskGroup(of: Void.self) { group in
      for job in 1...8 as ClosedRange<Int64> {
        group.addTask {
          let asked = order(job, "work", on: ["far"], capture: true)
          #expect(await house.run(asked).phases.last == .succeeded)
          #expect((try? await house.text(asked, node: "far")) == "job-\(job)\n")
        }
      }
    }
    await house.runner.drain()
    #expect(Remote.clients(house, but: Survivors()) == [])
  }

  @Test func theConnectionIsShared() async throws {
    let sshd = try await Sshd()
    // A directory whose own path is too long for a socket's.
    let house = try Remote.house(sshd, ["ok": "true"]) { _ in
    } configure: {
      $0.home! += "/" + String(repeating: "long", count: 40)
    }
    for job in 1...5 as ClosedRange<Int64> {
      #expect(await house.run(order(job, "ok", on: ["far"])).phases.last == .succeeded)
    }
    let logins = try Sshd.read(sshd.directory + "/log").split(separator: "\n").count {
      $0.contains("Accepted publickey")
    }
    #expect(logins == 1)
    await house.runner.drain()
  }

  @Test func limitsHoldThereToo() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["limits": "ulimit -n; head -c 1000000 /dev/zero >\"$OUT\""]) { _ in
    } configure: {
      $0.limits = RunnerLimits(files: 99, fileSize: 50_000)
    }
    let asked = order(1, "limits", on: ["far"], environment: [("OUT", sshd.directory + "/out")], capture: true)
    let story = await house.run(asked)
    #expect(try await house.text(asked, node: "far") == "99\n")
    #expect(story.error(of: "far")?.hasSuffix("went over the limit of 50000 bytes a file") == true)
    await house.runner.drain()
  }

  @Test func aLongOutputFromThereIsCutAndWhole() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(
      sshd, ["long": "head -c 20000000 /dev/zero; printf end", "even": "seq 20000; seq 20000 >&2"])
    var asked = order(1, "long", on: ["far"], capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    let output = try #require(try await house.runner.output(job: 1, node: "far", channel: .stdout))
    #expect(output.total == 20_000_003)
    #expect(output.bytes.count == 1 << 20)
    asked = order(2, "even", on: ["far"], capture: true)
    _ = await house.run(asked)
    let expected = (1...20_000).map { "\($0)\n" }.joined()
    #expect(try await house.text(asked, node: "far") == expected)
    #expect(try await house.text(asked, node: "far", .stderr) == expected)
    await house.runner.drain()
  }

  @Test func whatALoginShellPrintsIsNotTheCommands() async throws {
    let sshd = try await Sshd([
      "SetEnv BASH_ENV=/nowhere", "Banner /etc/hostname",
      "ForceCommand echo noise; echo noise >&2; eval \"$SSH_ORIGINAL_COMMAND\"",
    ])
    let house = try Remote.house(sshd, ["talk": "echo out; echo err >&2"])
    let asked = order(1, "talk", on: ["far"], capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    #expect(try await house.text(asked, node: "far") == "out\n")
    #expect(try await house.text(asked, node: "far", .stderr) == "err\n")
    await house.runner.drain()
  }
}
