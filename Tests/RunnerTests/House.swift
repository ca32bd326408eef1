import Glibc
import JobModel
import Runner

/// A runner with a directory of its own, and everything it told.
final class House: Sendable {
  let directory: String
  let diary = Diary()
  let runner: Runner

  /// A runner that knows `nodes` and, word for word, `commands`.
  init(
    nodes: [InventoryNode] = [InventoryNode(name: "a"), InventoryNode(name: "b"), InventoryNode(name: "c")],
    commands: [String: String] = [:], entries: [Whitelist.Entry] = [], outputLimit: Int = 1 << 20,
    grace: Duration = .milliseconds(300), directory: String = House.temporaryDirectory(),
    configure: (inout RunnerSettings) -> Void = { _ in }
  ) throws {
    self.directory = directory
    var settings = RunnerSettings(
      outputs: directory + "/data/outputs", attachments: directory + "/attachments",
      environment: [("PATH", "/usr/bin:/bin"), ("HOUSE", "yes"), ("BOTH", "house")],
      variables: .init(job: "THE_JOB", node: "THE_NODE", file: "THE_FILE"), outputLimit: outputLimit, grace: grace,
      home: directory + "/home")
    configure(&settings)
    let exact = commands.map { Whitelist.Entry(.exactly($0.key), line: $0.value) }
    let diary = diary
    runner = Runner(
      inventory: Inventory(nodes: nodes), whitelist: try Whitelist(entries: exact + entries), settings: settings,
      clock: RunnerClock(now: { House.milliseconds() }, sleep: { try await Task.sleep(for: $0) }),
      tell: { await diary.write($0) })
  }

  deinit { House.remove(directory) }

  /// Runs an order to its end, and returns what was told of it.
  func run(_ order: RunOrder) async -> Story {
    await diary.forget(order.job)
    await runner.submit(order)
    return await diary.over(order.job)
  }

  func text(_ order: RunOrder, node: String = "a", _ channel: OutputChannel = .stdout) async throws -> String {
    let output = try await runner.output(job: order.job, node: node, channel: channel)
    return String(decoding: output?.bytes ?? [], as: UTF8.self)
  }

  static func milliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  static func temporaryDirectory() -> String {
    var name = Array("/tmp/runner-test-XXXXXX".utf8CString)
    return name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap(mkdtemp).map { String(cString: $0) } ?? "/tmp" }
  }

  static func remove(_ directory: String) {
    guard directory.hasPrefix("/tmp/runner-test-"), let stream = opendir(directory) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      if unlink("\(directory)/\(name)") != 0 { remove("\(directory)/\(name)") }
    }
    closedir(stream)
    rmdir(directory)
  }
}

/// An order with what a test does not care about filled in.
func order(
  _ job: Int64 = 1, _ command: String, on nodes: [String] = ["a"], user: String? = nil, directory: String? = nil,
  environment: [(name: String, value: String)] = [], file: [UInt8]? = nil, timeout: Int64 = 60, quorum: Int? = nil,
  capture: Bool = false
) -> RunOrder {
  RunOrder(
    job: job, id: "job-\(job)", command: command, nodes: nodes, user: user, directory: directory,
    environment: environment, file: file, runTimeout: timeout, quorum: quorum, capture: capture)
}

/// How much longer than on an ordinary machine a test waits: under a sanitizer all of this is slow.
let patience = getenv("TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// Waits for something that must come true soon; false when it does not.
func soon(_ limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async rethrows -> Bool {
  let end = ContinuousClock.now + limit * patience
  while try await !condition() {
    guard ContinuousClock.now < end else { return false }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return true
}
