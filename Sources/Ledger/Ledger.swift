import GRDB
import Glibc
import JobModel

/// The store of jobs, ids and history: one SQLite file in WAL mode, synced before anybody is told.
///
/// All methods suspend instead of blocking; the file is touched on the store's own threads.
package final class Ledger: Sendable {
  /// What this ledger was given when it was made.
  package let identity: LedgerIdentity
  let pool: DatabasePool
  private let queue: CommitQueue

  private init(identity: LedgerIdentity, pool: DatabasePool) {
    self.identity = identity
    self.pool = pool
    queue = CommitQueue(pool: pool)
  }

  /// Opens the ledger at `path`, or makes it, readable by its owner only. Blocks: for the start, before a socket opens.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970, kept when the ledger is made.
  ///   - random: that many unpredictable bytes, asked for when the ledger is made.
  /// - Throws: `.newer` for a file of a later version, `.corrupt` for one that is no ledger.
  package static func open(path: String, now: Int64, random: (Int) -> [UInt8]) throws(LedgerFault) -> Ledger {
    // SQLite would make the file with the process's mask, and jobs' documents may hold secrets.
    let made = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard made >= 0 else { throw .io("\(path): \(String(cString: strerror(errno)))") }
    Glibc.close(made)
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    do {
      let pool = try DatabasePool(path: path, configuration: configuration)
      // The pool has set NORMAL, which may forget the last commits when the power fails.
      try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else { throw LedgerFault.io("cannot sync") }
      }
      let identity = try pool.write { db in
        try Schema.prepare(db)
        return try LedgerIdentity.load(db, now: now, random: random)
      }
      return Ledger(identity: identity, pool: pool)
    } catch {
      throw LedgerFault(error)
    }
  }

  /// Commits what is under way and lets go of the file. Every later call throws `.closed`.
  package func close() async throws(LedgerFault) {
    await queue.close()
    do { try pool.close() } catch { throw LedgerFault(error) }
  }

  /// A write that is on disk, together with others of the same moment, when this returns.
  func write<T: Sendable>(_ work: @escaping @Sendable (Database) throws -> T) async throws(LedgerFault) -> T {
    let result: Result<T, LedgerFault> = await withCheckedContinuation { continuation in
      let write = CommitQueue.Write(
        work: { db in
          let value = try work(db)
          return { continuation.resume(returning: .success(value)) }
        },
        failed: { continuation.resume(returning: .failure($0)) })
      Task { await queue.add(write) }
    }
    return try result.get()
  }

  /// A read of one consistent state of the file.
  func read<T: Sendable>(_ work: @escaping @Sendable (Database) throws -> T) async throws(LedgerFault) -> T {
    do { return try await pool.read { db in try work(db) } } catch { throw LedgerFault(error) }
  }
}
