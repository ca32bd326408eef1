import GRDB
import Synchronization

/// The store of jobs, ids and history: one SQLite file in WAL mode, synced before anybody is told.
///
/// All methods suspend instead of blocking; the file is touched on the store's own threads.
package final class Ledger: Sendable {
  /// What this ledger was given when it was made.
  package let identity: LedgerIdentity
  /// Where its file is.
  package let path: String
  let pool: DatabasePool
  private let queue: CommitQueue
  private let tally: Tally
  private let owner: Mutex<OwnerLock?>

  private init(
    path: String, identity: LedgerIdentity, pool: DatabasePool, owner: OwnerLock, clock: @escaping @Sendable () -> Int64
  ) {
    self.path = path
    self.identity = identity
    self.pool = pool
    self.owner = Mutex(owner)
    tally = Tally()
    queue = CommitQueue(pool: pool, tally: tally, clock: clock)
  }

  /// Opens the ledger at `path`, or makes it, readable by its owner only; an older one is brought up to date. Blocks: for
  /// the start, before a socket opens.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970, kept when the ledger is made.
  ///   - clock: microseconds that only grow, for the counters' times; without it they read 0.
  ///   - random: that many unpredictable bytes, asked for when the ledger is made.
  /// - Throws: `.busy` when another server has it, `.newer` for a file of a later version, `.corrupt` for one that is no
  ///   ledger.
  package static func open(
    path: String, now: Int64, clock: @escaping @Sendable () -> Int64 = { 0 }, random: (Int) -> [UInt8]
  ) throws(LedgerFault) -> Ledger {
    let owner = try OwnerLock(path: path)
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    do {
      let pool = try DatabasePool(path: path, configuration: configuration)
      try pool.writeWithoutTransaction { db in
        // The pool has set NORMAL, which may forget the last commits when the power fails.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else { throw LedgerFault.io("cannot sync") }
        // A log that grew while somebody read for long (a backup) gets small again.
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = 67108864")
        try Schema.prepare(db)
      }
      let identity = try pool.write { db in try LedgerIdentity.load(db, now: now, random: random) }
      return Ledger(path: path, identity: identity, pool: pool, owner: owner, clock: clock)
    } catch {
      throw LedgerFault(error)
    }
  }

  /// Commits what is under way and lets go of the file. Every later call throws `.closed`.
  package func close() async throws(LedgerFault) {
    await queue.close()
    do {
      // All in one file again, if nobody else is reading: that is done by the last who closes it, if he may write.
      pool.invalidateReadOnlyConnections()
      try pool.close()
    } catch { throw LedgerFault(error) }
    owner.withLock { $0 = nil }
  }

  /// What has been done since it was opened. Never waits for the file.
  package var counters: LedgerCounters { tally.value }

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
    do { return try await pool.read { db in try work(db) } } catch {
      let fault = LedgerFault(error)
      tally.failedRead(fault)
      throw fault
    }
  }
}
