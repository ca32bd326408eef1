import Synchronization

/// What backends are called, by their numbers; also those that have left the configuration since.
final class BackendNames: Sendable {
  private let names = Mutex<[Int64: String]>([0: "runner"])

  subscript(number: Int64) -> String { names.withLock { $0[number] } ?? "\(number)" }

  func take(_ backends: [Configuration.BackendPart]) {
    names.withLock { names in for part in backends { names[part.number] = part.name } }
  }
}
