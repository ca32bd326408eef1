import GRDB

/// Why the ledger could not do what it was asked. Nothing of a write that threw is kept, and no number is spent on it.
package enum LedgerFault: Error, Sendable, Equatable {
  /// No room left on the device.
  case full
  /// Another process holds the file.
  case busy
  /// Written by a later version of this program: `found` and `known` are schema versions.
  case newer(found: Int, known: Int)
  /// Not a ledger, or a damaged one; the text is SQLite's.
  case corrupt(String)
  /// Reading or writing failed otherwise; the text is SQLite's.
  case io(String)
  /// The caller's own closure threw while it rendered a document.
  case document(String)
  /// The ledger has been closed.
  case closed

  /// The fault an error of the store amounts to.
  init(_ error: any Error) {
    switch error {
    case let fault as LedgerFault:
      self = fault
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: self = .full
      // The index of the log could not grow: SQLite does not say why, but there is one reason only that passes by itself.
      case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .full
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(error.description)
      case .SQLITE_MISUSE: self = .closed
      default: self = .io(error.description)
      }
    default:
      self = .io("\(error)")
    }
  }

  /// Whether the whole batch is lost, not one write of it: the disk is at fault, not what was to be written.
  static func dooms(_ error: any Error) -> Bool {
    switch (error as? DatabaseError)?.resultCode {
    case nil, .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_ERROR: false
    default: true
    }
  }

  /// One word for counters: `full`, `busy`, `newer`, `corrupt`, `io`, `document`, `closed`.
  package var kind: String {
    switch self {
    case .full: "full"
    case .busy: "busy"
    case .newer: "newer"
    case .corrupt: "corrupt"
    case .io: "io"
    case .document: "document"
    case .closed: "closed"
    }
  }

  /// For an operator: what is wrong with the file at `path`, and what to do.
  package func explained(_ path: String) -> String {
    switch self {
    case .full: "\(path): no room left on the device"
    case .busy: "\(path): another process holds it; is a server running already?"
    case .newer(let found, let known):
      "\(path): was written by a later version (schema \(found), this program knows \(known)); use that version"
    case .corrupt(let text): "\(path): is no ledger, or damaged: \(text); restore a backup, or name another file"
    case .io(let text), .document(let text): "\(path): \(text)"
    case .closed: "\(path): is closed"
    }
  }
}
