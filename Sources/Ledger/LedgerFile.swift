import GRDB
import Glibc

/// A ledger's file seen from outside: read only, while a server may have it open. It makes no file, brings none up to date,
/// and takes older ones as they are. Its methods block: for the command line.
package final class LedgerFile: Sendable {
  /// Where it is.
  package let path: String
  /// The version of its tables.
  package let schema: Int
  private let queue: DatabaseQueue

  private init(path: String, schema: Int, queue: DatabaseQueue) {
    self.path = path
    self.schema = schema
    self.queue = queue
  }

  /// Opens the file at `path` for looking at it.
  ///
  /// - Throws: `.io` when there is none or it may not be read, `.newer` for a file of a later version, `.corrupt` for one
  ///   that is no ledger.
  package static func open(path: String) throws(LedgerFault) -> LedgerFile {
    guard access(path, R_OK) == 0 else { throw .io(String(cString: strerror(errno))) }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let schema = try queue.read { db in try Schema.version(of: db) }
      guard schema > 0 else { throw LedgerFault.corrupt("not a ledger, it is empty") }
      return LedgerFile(path: path, schema: schema, queue: queue)
    } catch {
      throw LedgerFault(error)
    }
  }

  /// Everything that is wrong with it; empty when all is well.
  package func check() throws(LedgerFault) -> [LedgerFinding] {
    do { return try queue.read { db in try LedgerCheck.run(db, schema: schema) } } catch {
      let fault = LedgerFault(error)
      guard case .corrupt(let text) = fault else { throw fault }
      return [LedgerCheck.damaged(text)]
    }
  }

  /// What is in it. Looks at every job.
  package func stats() throws(LedgerFault) -> LedgerStats {
    do { return try queue.read { db in try LedgerStats(db, path: path, schema: schema) } } catch {
      throw LedgerFault(error)
    }
  }

  /// Copies it as it stands at one moment, beside whoever writes to it.
  ///
  /// - Parameters:
  ///   - destination: the copy's path, at which there must be nothing.
  ///   - progress: told how many pages of how many have been copied.
  package func backup(
    to destination: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws(BackupFault) {
    do { try queue.read { db in try Backup.run(db, to: destination, progress: progress) } } catch {
      throw BackupFault(error, destination)
    }
  }
}
