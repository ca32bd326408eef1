import Glibc
import JobModel
import Runner
import Testing

@Suite struct LimitTests {
  @Test func everyProcessOfACommandHasTheLimits() async throws {
    let house = try House(commands: ["limits": "sh -c 'cat /proc/self/limits'"]) {
      $0.limits = RunnerLimits(
        memory: 1 << 30, processes: 5000, files: 123, fileSize: 4_000_000, cpuSeconds: 77, cores: false)
    }
    let asked = order(1, "limits", capture: true)
    #expect(await house.run(asked).phases.last == .succeeded)
    let lines = try await house.text(asked).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func limit(_ words: String...) -> [String] {
      lines.first { $0.starts(with: words) }.map { Array($0.dropFirst(words.count).prefix(2)) } ?? []
    }
    #expect(limit("Max", "address", "space") == ["1073741824", "1073741824"])
    #expect(limit("Max", "processes") == ["5000", "5000"])
    #expect(limit("Max", "open", "files") == ["123", "123"])
    #expect(limit("Max", "file", "size") == ["4000000", "4000000"])
    #expect(limit("Max", "cpu", "time") == ["77", "78"])
    #expect(limit("Max", "core", "file", "size") == ["0", "0"])
  }

  @Test(arguments: ["exec head -c 1000000 /dev/zero >full", "head -c 1000000 /dev/zero >full; exit $?"])
  func aFileThatGrowsTooLongIsNamed(_ line: String) async throws {
    let house = try House(commands: ["fill": line]) { $0.limits = RunnerLimits(fileSize: 100_000) }
    let story = await house.run(order(1, "fill", directory: house.directory))
    #expect(story.phases.last == .failed)
    #expect(story.phases(of: "a").last == .failed)
    #expect(story.error(of: "a")?.hasSuffix("; went over the limit of 100000 bytes a file") == true)
  }

  @Test func tooMuchProcessorTimeIsNamed() async throws {
    let house = try House(commands: ["spin": "while :; do :; done"]) { $0.limits = RunnerLimits(cpuSeconds: 1) }
    let story = await house.run(order(1, "spin"))
    #expect(story.phases.last == .failed)
    #expect(
      story.error(of: "a")
        == "killed by signal 24 (SIGXCPU); went over the limit of 1 s of processor time")
  }

  @Test func memoryIsLimited() async throws {
    let house = try House(commands: ["big": "head -c 400000000 /dev/zero | tail -c 300000000 >/dev/null"]) {
      $0.limits = RunnerLimits(memory: 200_000_000)
    }
    let asked = order(1, "big", capture: true)
    #expect(await house.run(asked).phases.last == .failed)
    #expect(try await house.text(asked, .stderr).contains("memory exhausted"))
  }

  @Test func withoutPrlimitALimitIsARefusal() async throws {
    let house = try House(commands: ["ok": "true"]) {
      $0.prlimit = "/no/such"
      $0.limits = RunnerLimits(files: 100)
    }
    let story = await house.run(order(1, "ok"))
    #expect(story.phases(of: "a") == [.refused])
    #expect(story.error(of: "a") == "commands cannot be limited: prlimit is missing")
  }

  @Test func aSignalWithoutALimitIsOnlyASignal() async throws {
    let house = try House(commands: ["die": "kill -XCPU $$"])
    #expect(await house.run(order(1, "die")).error(of: "a") == "killed by signal 24 (SIGXCPU)")
  }
}
