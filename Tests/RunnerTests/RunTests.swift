import Glibc
import Runner
import Testing

@Suite struct RunTests {
  @Test func theExitCodeDecides() async throws {
    let house = try House(commands: ["mixed": "test \"$THE_NODE\" = a || exit 3"])
    let story = await house.run(order(1, "mixed", on: ["a", "b"]))
    #expect(story.phases == [.accepted, .waiting, .running, .failed])
    #expect(story.phases(of: "a") == [.ready, .running, .succeeded])
    #expect(story.exit(of: "a") == 0)
    #expect(story.phases(of: "b") == [.ready, .running, .failed])
    #expect(story.exit(of: "b") == 3)
    #expect(story.reason == "failed on b")
  }

  @Test func deathByASignalIsAFailureThatNamesIt() async throws {
    let house = try House(commands: ["die": "kill -9 $$"])
    let story = await house.run(order(1, "die"))
    #expect(story.phases(of: "a").last == .failed)
    #expect(story.exit(of: "a") == nil)
    #expect(story.error(of: "a") == "killed by signal 9 (SIGKILL)")
    #expect(story.phases.last == .failed)
  }

  @Test func aCommandThatIsNotThereFailsLikeAnyOther() async throws {
    let house = try House(commands: ["gone": "/no/such/program"])
    let story = await house.run(order(1, "gone"))
    #expect(story.exit(of: "a") == 127)
    #expect(story.phases.last == .failed)
  }

  @Test func bothChannelsAreKeptPerNode() async throws {
    let house = try House(commands: ["talk": "echo out of $THE_NODE; echo err of $THE_NODE >&2; exit 1"])
    let asked = order(1, "talk", on: ["a", "b"], capture: true)
    _ = await house.run(asked)
    #expect(try await house.text(asked, node: "a") == "out of a\n")
    #expect(try await house.text(asked, node: "b") == "out of b\n")
    #expect(try await house.text(asked, node: "b", .stderr) == "err of b\n")
    #expect(try await house.runner.output(job: 1, node: "c", channel: .stdout) == nil)
    #expect(try await house.runner.output(job: 2, node: "a", channel: .stdout) == nil)
    await house.runner.forget(job: 1)
    #expect(try await house.runner.output(job: 1, node: "a", channel: .stdout) == nil)
  }

  @Test func aSilentCommandHasAnEmptyOutputAndAnUncapturedOneNone() async throws {
    let house = try House(commands: ["silent": "true", "loud": "echo x"])
    _ = await house.run(order(1, "silent", capture: true))
    #expect(try await house.runner.output(job: 1, node: "a", channel: .stderr)?.bytes == [])
    // A job of the same number in another life of the ledger does not inherit what lies there.
    _ = await house.run(order(1, "loud"))
    #expect(try await house.runner.output(job: 1, node: "a", channel: .stdout) == nil)
  }

  @Test func aLongOutputIsCutAndSaysSo() async throws {
    let house = try House(commands: ["long": "head -c 3000000 /dev/zero; echo end >&2"], outputLimit: 100_000)
    let asked = order(1, "long", capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    let output = try #require(try await house.runner.output(job: 1, node: "a", channel: .stdout))
    #expect(output.bytes.count == 100_000)
    #expect(output.total == 3_000_000)
    #expect(output.isTruncated)
    #expect(output.note == "[truncated: the first 100000 of 3000000 bytes]")
    let other = try #require(try await house.runner.output(job: 1, node: "a", channel: .stderr))
    #expect(!other.isTruncated)
    #expect(other.note == nil)
  }

  @Test func nothingAtTheEndOfALongOutputIsLost() async throws {
    let house = try House(commands: ["count": "seq 1 60000"])
    let asked = order(1, "count", capture: true)
    for _ in 1...3 {
      _ = await house.run(asked)
      let text = try await house.text(asked)
      #expect(text.hasSuffix("\n59999\n60000\n"))
      #expect(text.utf8.count == 348_894)
    }
  }

  @Test func aChildThatStaysBehindAndTalksHoldsNothingUp() async throws {
    let house = try House(commands: ["daemon": "yes & echo $!; sleep 0.1"])
    let asked = order(1, "daemon", capture: true)
    let begin = ContinuousClock.now
    #expect(await house.run(asked).phases.last == .succeeded)
    #expect(ContinuousClock.now - begin < .seconds(50))
  }

  @Test func theEnvironmentIsTheHousesThenTheCallersThenTheJobs() async throws {
    let house = try House(commands: ["env": "env | sort"])
    let asked = order(
      7, "env", environment: [("BOTH", "caller"), ("THE_NODE", "forged"), ("EMPTY", ""), ("LINE", "a\nb")],
      capture: true)
    setenv("SERVER_SECRET", "1", 1)
    _ = await house.run(asked)
    unsetenv("SERVER_SECRET")
    let lines = try await house.text(asked).split(separator: "\n").map(String.init)
    for line in ["BOTH=caller", "THE_NODE=a", "THE_JOB=job-7", "EMPTY=", "HOUSE=yes", "LINE=a"] {
      #expect(lines.contains(line))
    }
    #expect(!lines.contains { $0.hasPrefix("SERVER_SECRET") || $0.hasPrefix("THE_FILE") })
  }

  @Test func anAttachedFileIsThereExactlyWhileTheCommandRuns() async throws {
    let house = try House(commands: ["read": "stat -c %a \"$THE_FILE\"; cat \"$THE_FILE\"; echo; echo \"$THE_FILE\""])
    let asked = order(1, "read", on: ["a", "b"], file: Array("bytes \0\u{ff}".utf8), capture: true)
    _ = await house.run(asked)
    let lines = try await house.text(asked).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(Array(lines.prefix(2)) == ["600", "bytes \0\u{ff}"])
    let path = String(lines[2])
    #expect(path.hasPrefix(house.directory + "/attachments/"))
    #expect(access(path, F_OK) != 0)
    #expect(try await house.text(asked, node: "b").split(separator: "\n").last.map(String.init) != path)
  }

  @Test func theDirectoryIsTheOrdersOrTheHouses() async throws {
    let house = try House(commands: ["pwd": "pwd"])
    _ = await house.run(order(1, "pwd", capture: true))
    #expect(try await house.text(order(1, "pwd")) == "/\n")
    _ = await house.run(order(2, "pwd", directory: "/usr", capture: true))
    #expect(try await house.text(order(2, "pwd")) == "/usr\n")
  }

  @Test func nodeNamesMayHoldAnything() async throws {
    let names = ["../../etc/x", "a b", "..", String(repeating: "é/", count: 200)]
    let house = try House(nodes: names.map { InventoryNode(name: $0) }, commands: ["me": "printf %s \"$THE_NODE\""])
    let asked = order(1, "me", on: names, file: [1], capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    for name in names { #expect(try await house.text(asked, node: name) == name) }
  }

  @Test(.enabled(if: geteuid() == 0)) func anotherAccountRunsAsItselfAndReadsItsFile() async throws {
    let house = try House(commands: ["who": "id -un; id -gn; echo $HOME $USER; cat \"$THE_FILE\""])
    chmod(house.directory, 0o755)
    let asked = order(1, "who", user: "nobody", file: Array("mine".utf8), capture: true)
    let story = await house.run(asked)
    #expect(story.phases.last == .succeeded)
    #expect(try await house.text(asked) == "nobody\nnogroup\n/nonexistent nobody\nmine")
  }

  @Test func theStandardInputIsEmptyAndNoDescriptorIsInherited() async throws {
    // On purpose without close-on-exec, as somebody's listening socket might be.
    let file = open("/dev/null", O_RDONLY)
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(file)
      close(socket)
    }
    // Those that still exist when the loop comes to them: the shell lists the directory through one of its own.
    let house = try House(commands: ["fds": "cat; for f in /proc/$$/fd/*; do test -e $f && echo ${f##*/}; done; true"])
    let asked = order(1, "fds", capture: true)
    _ = await house.run(asked)
    let numbers = try await house.text(asked).split(separator: "\n").compactMap { Int($0) }
    #expect(numbers == [0, 1, 2])
  }

  @Test func whatTheRunnerItselfCannotDoEndsAsALostNodeAndACrashedJob() async throws {
    let house = try House(commands: ["ok": "true"])
    // The directory for attached files cannot be made where a file is.
    close(open(house.directory + "/attachments", O_CREAT | O_WRONLY, 0o600))
    let story = await house.run(order(1, "ok", file: [1]))
    #expect(story.phases == [.accepted, .waiting, .running, .crashed])
    #expect(story.phases(of: "a") == [.ready, .lost])
    #expect(story.reason?.contains("Not a directory") == true)
    #expect(await !house.runner.isBusy("a"))
    close(open(house.directory + "/data", O_CREAT | O_WRONLY, 0o600))
    let blocked = await house.run(order(2, "ok", capture: true))
    #expect(blocked.phases.last == .crashed)
    #expect(blocked.phases(of: "a") == [.lost])
  }
}
