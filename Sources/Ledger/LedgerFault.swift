import GRDB

/// Why the ledger could not do what it was asked. Nothing of a write that threw is kept, and no number is spent on it.
package enum LedgerFault: Error, Sendable, Equatable {
  /// No room left on the device.
  case full
  /// Another process holds the file, for longer than the ledger waits.
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
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(error.description)
      case .SQLITE_MISUSE: self = .closed
      default: self = .io(error.description)
      }
    default:
      self = .io("\(error)")
    }
  }

  /// The whole batch is lost, not one write of it: the store may have rolled the transaction back by itself.
  var dooms: Bool {
    switch self {
    case .full, .busy, .corrupt, .io, .newer, .closed: true
    case .document: false
    }
  }
}
