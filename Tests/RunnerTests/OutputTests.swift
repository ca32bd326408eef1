import Glibc
import JobModel
import Runner
import Testing

@Suite struct OutputTests {
  /// The most memory this process has had, in bytes.
  private func peak() throws -> Int {
    let line = try Sshd.read("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }

  @Test(.enabled(if: Rerun.purpose == "flood")) func inTheOtherProcessTakeAGigabyte() async throws {
    let house = try House(commands: ["small": "echo x", "flood": "head -c 1073741824 /dev/zero; echo end >&2"])
    _ = await house.run(order(1, "small", capture: true))
    let before = try peak()
    let asked = order(2, "flood", capture: true)
    let story = await house.run(asked)
    let output = try await house.runner.output(job: 2, node: "a", channel: .stdout)
    say("GROWN \(try peak() - before)")
    say("ENDED \(story.phases.last?.name ?? "") \(output?.total ?? 0) \(output?.note ?? "")")
    say("BESIDE \(try await house.text(asked, .stderr))")
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func aGigabyteCostsNoMemoryAndIsCutWithAMark() async throws {
    var lines: [String] = []
    try await Rerun.run("inTheOtherProcessTakeAGigabyte", purpose: "flood") { line in
      lines.append(line)
      return false
    }
    let grown = try #require(lines.first { $0.hasPrefix("GROWN ") }.flatMap { Int($0.dropFirst(6)) })
    #expect(grown < 64 << 20)
    #expect(
      lines.contains(
        "ENDED succeeded 1073741824 [truncated: the first 1048576 of 1073741824 bytes]"))
    #expect(lines.contains("BESIDE end"))
  }

  @Test(.enabled(if: Rerun.purpose == "full")) func inTheOtherProcessFillTheDisk() async throws {
    let disk = Rerun.value("DIRECTORY")
    let house = try House(
      nodes: ["a", "b"].map { InventoryNode(name: $0) },
      commands: [
        "print": "echo begin; head -c 3000000 /dev/zero", "fill": "cat /dev/zero >\(disk)/fill; exit 5",
        "say": "echo x",
      ], outputLimit: 1 << 30, directory: disk)
    func tell(_ asked: RunOrder) async throws {
      let story = await house.run(asked)
      let output = try await house.runner.output(job: asked.job, node: "a", channel: .stdout)
      say(
        "\(asked.command): \(story.phases.last?.name ?? "") \(story.exit(of: "a") ?? -1) \(story.error(of: "a") ?? "-")"
      )
      say("\(asked.command): \(output?.bytes.isEmpty == false) \(output?.note ?? "-")")
    }
    try await tell(order(1, "print", capture: true))
    await house.runner.forget(job: 1)
    try await tell(order(2, "fill", capture: true))
    try await tell(order(3, "say", capture: true))
    unlink(disk + "/fill")
    try await tell(order(4, "say", capture: true))
  }

  static let canMount = geteuid() == 0 && system("unshare -m true 2>/dev/null") == 0

  @Test(.enabled(if: Rerun.purpose == nil && canMount)) func aFullDiskCostsOutputAndNothingElse() async throws {
    let directory = House.temporaryDirectory()
    defer { House.remove(directory) }
    let mount = "mount -t tmpfs -o size=1m,mode=700 none \"$0\" && exec \"$@\""
    var lines: [String] = []
    try await Rerun.run(
      "inTheOtherProcessFillTheDisk", purpose: "full", environment: ["DIRECTORY": directory],
      behind: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", mount, directory]
    ) { line in
      lines.append(line)
      return false
    }
    let print = lines.filter { $0.hasPrefix("print: ") }
    // Whether there is room left for the other channel is a matter of a page.
    #expect(print.first?.hasPrefix("print: succeeded 0 stdout was not kept: write: No space left on device") == true)
    #expect(print.last?.hasPrefix("print: true [not kept after the first ") == true)
    #expect(print.last?.hasSuffix(" of 3000006 bytes: write: No space left on device]") == true)
    #expect(lines.contains { $0.hasPrefix("fill: failed 5 exit code 5") })
    // On a disk that was full before, there is no room for a word; for the other channel's, again, by the page.
    let say = lines.filter { $0.hasPrefix("say: ") }
    #expect(say.count == 4)
    #expect(say.first?.hasPrefix("say: succeeded 0 stdout was not kept: write: No space left on device") == true)
    #expect(say.dropFirst().first?.hasPrefix("say: false [not kept after the first 0 of ") == true)
    #expect(say.suffix(2) == ["say: succeeded 0 -", "say: true -"])
  }
}
