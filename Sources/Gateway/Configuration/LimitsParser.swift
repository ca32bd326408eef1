import Transport
import YAMLFile

/// Reads what a client may cost.
struct LimitsParser {
  let spec: Spec
  private static let keys = [
    "connections", "streams", "header-fields", "header-bytes", "cheap-frames", "first-byte", "progress", "idle",
    "answer", "drain",
  ]

  func limits() -> Limits {
    spec.allow(Self.keys, in: "limits")
    var limits = Limits()
    set("connections", 1...1_000_000) { limits.connections = $0 }
    set("streams", 1...10_000) { limits.streams = $0 }
    set("header-fields", 10...10_000) { limits.headerCount = $0 }
    set("header-bytes", 1024...1_048_576) { limits.headerBytes = $0 }
    set("cheap-frames", 10...1_000_000) { limits.cheapFramesPerSecond = $0 }
    set("first-byte", 1...3600) { limits.timeToFirstByte = .seconds($0) }
    set("progress", 1...3600) { limits.timeWithoutProgress = .seconds($0) }
    set("idle", 1...3600) { limits.idleTime = .seconds($0) }
    set("answer", 1...3600) { limits.timeToAnswer = .seconds($0) }
    return limits
  }

  /// Seconds.
  func drain() -> Int {
    var seconds = 20
    set("drain", 0...3600) { seconds = $0 }
    return seconds
  }

  private func set(_ key: String, _ range: ClosedRange<Int>, _ take: (Int) -> Void) {
    guard let value = spec[key]?.integer(key) else { return }
    if range.contains(value) {
      take(value)
    } else {
      spec[key]?.complain("\(key) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
  }
}
