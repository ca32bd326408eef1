import Logging
import Synchronization

/// The level of the log, the same for every logger of the process: a new configuration may change it while it runs.
package final class SharedLevel: Sendable {
  private let index: Atomic<Int>

  /// A level to begin with.
  package init(_ level: Logger.Level) { index = Atomic(Self.index(level)) }

  /// The level now.
  package var level: Logger.Level {
    get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
    set { index.store(Self.index(newValue), ordering: .relaxed) }
  }

  /// A logger on standard error, one line an event.
  package func logger(_ label: String) -> Logger {
    Logger(label: label) { Handler(inner: StreamLogHandler.standardError(label: $0), shared: self) }
  }

  private static func index(_ level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }

  private struct Handler: LogHandler {
    var inner: StreamLogHandler
    let shared: SharedLevel
    var metadata: Logger.Metadata {
      get { inner.metadata }
      set { inner.metadata = newValue }
    }
    var logLevel: Logger.Level {
      get { shared.level }
      set { shared.level = newValue }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { inner[metadataKey: key] }
      set { inner[metadataKey: key] = newValue }
    }
    func log(event: LogEvent) { inner.log(event: event) }
  }
}
