import Logging
import Synchronization
import Telemetry

/// The access log and the audit log, by where they are written: the same file stays open from one configuration to the
/// next.
final class Logs: Sendable {
  private struct State {
    var access: [String: AccessLog] = [:]
    var audit: [String: AuditLog] = [:]
  }

  private let state = Mutex(State())
  private let log: Logger

  init(log: Logger) { self.log = log }

  /// Opens what a configuration names, unless it is open. Throws when a file cannot be written.
  func open(_ part: Configuration.LogPart) throws(StartFault) -> (access: AccessLog?, audit: AuditLog?) {
    let log = log
    let tell: @Sendable (LogNews) -> Void = { log.warning("\($0)") }
    do {
      return try state.withLock { state in
        var found: (access: AccessLog?, audit: AuditLog?)
        if let path = part.access {
          found.access =
            try state.access[path]
            ?? AccessLog(Logs.target(path), mask: .hiding(QueryMask.usual), tell: tell)
          state.access[path] = found.access
        }
        if let path = part.audit {
          found.audit = try state.audit[path] ?? AuditLog(Logs.target(path), tell: tell)
          state.audit[path] = found.audit
        }
        return found
      }
    } catch {
      throw .configuration("\(error)")
    }
  }

  private static func target(_ path: String) -> LogTarget { path == "stdout" ? .standardOutput : .file(path) }

  /// Ends what a configuration no longer names, in a while: requests under way still write there.
  func retire(keeping part: Configuration.LogPart, after pause: Duration) {
    let (access, audit) = state.withLock { state in
      let old = (
        state.access.filter { $0.key != part.access }.values, state.audit.filter { $0.key != part.audit }.values
      )
      state.access = state.access.filter { $0.key == part.access }
      state.audit = state.audit.filter { $0.key == part.audit }
      return old
    }
    guard !access.isEmpty || !audit.isEmpty else { return }
    Task {
      try? await Task.sleep(for: pause)
      for log in access { await log.file.close() }
      for log in audit { await log.close() }
    }
  }

  /// Opens the files anew, for somebody has moved them.
  func reopen() {
    state.withLock { state in
      for log in state.access.values { log.file.reopen() }
      for log in state.audit.values { log.file.reopen() }
    }
  }

  /// Writes what there is, and ends.
  func close() async {
    let (access, audit) = state.withLock { (Array($0.access.values), Array($0.audit.values)) }
    for log in access { await log.file.close() }
    for log in audit { await log.close() }
  }

  /// By the name of the log: lines dropped, and whether the file cannot be written now.
  var standing: [(log: String, dropped: Int, isFailing: Bool)] {
    state.withLock { state in
      let access = state.access.values.map(\.file), audit = state.audit.values.map(\.file)
      return [("access", access), ("audit", audit)].map { name, files in
        (name, files.reduce(0) { $0 + $1.dropped }, files.contains { $0.isFailing })
      }
    }
  }
}
