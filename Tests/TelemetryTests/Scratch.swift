import Foundation
import Synchronization
import Telemetry

/// A folder of a test's own, gone with the test.
final class Scratch {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/telemetry-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// The whole lines of a file, each read as JSON by somebody else's reader.
  static func lines(_ path: String) throws -> [[String: Any]] {
    let text = try Data(contentsOf: URL(fileURLWithPath: path))
    return try text.split(separator: UInt8(ascii: "\n")).map { line in
      guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { throw Broken() }
      return object
    }
  }

  struct Broken: Error {}

  static func mode(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0
  }
}

/// News of logs, as they come.
final class Newspaper: Sendable {
  private let seen = Mutex<[LogNews]>([])

  var tell: @Sendable (LogNews) -> Void { { news in self.seen.withLock { $0.append(news) } } }

  var all: [LogNews] { seen.withLock { $0 } }
}

/// Waits for something that another thread does; false when it does not happen in ten seconds.
func soon(_ happens: () throws -> Bool) async rethrows -> Bool {
  for _ in 0..<1000 {
    if try happens() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// A generator whose numbers are known beforehand.
func known() -> FastRandom { FastRandom(seed: (1, 2, 3, 4)) }

func record(_ number: Int64) -> AccessRecord {
  var random = known()
  let ids = RequestIDs(started: 0, using: &random)
  var source = ids.makeSource()
  var record = AccessRecord(time: 0, request: source.make(), trace: TraceContext(using: &random))
  record.job = number
  return record
}

/// Lends the bytes of a text.
func lend<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
  try Array(text.utf8).withUnsafeBytes(body)
}
