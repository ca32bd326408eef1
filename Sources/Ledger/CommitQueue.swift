import GRDB

/// Group commit: the writes that gather while one transaction is being made durable share the next one.
///
/// A sync to the disk costs twenty times what the write costs, so under load the number of syncs must not grow with the
/// number of jobs. Alone, a write waits for nobody.
actor CommitQueue {
  /// One write, and how its caller hears of it.
  struct Write: Sendable {
    /// Does the work inside the transaction; what it returns tells the caller, once the commit is on disk.
    let work: @Sendable (Database) throws -> @Sendable () -> Void
    let failed: @Sendable (LedgerFault) -> Void
  }

  /// What one transaction did, before it is on disk.
  private struct Done {
    var told: [@Sendable () -> Void] = []
    var faults: [LedgerFault] = []
    var at: Int64 = 0
  }

  private let pool: DatabasePool
  private let tally: Tally
  private let clock: @Sendable () -> Int64
  private let most: Int
  private var gathered: [Write] = []
  private var committing = false
  private var closed = false
  private var idle: [CheckedContinuation<Void, Never>] = []

  /// - Parameter clock: microseconds that only grow.
  init(pool: DatabasePool, tally: Tally, clock: @escaping @Sendable () -> Int64, most: Int = 512) {
    self.pool = pool
    self.tally = tally
    self.clock = clock
    self.most = most
  }

  /// Takes a write. Those that came first are committed first.
  func add(_ write: Write) {
    guard !closed else { return write.failed(.closed) }
    gathered.append(write)
    guard !committing else { return }
    committing = true
    // A task of its own: a caller that gives up must not take the others' transaction with it.
    Task { await drain() }
  }

  /// Takes nothing more, and returns when all that was taken is on disk.
  func close() async {
    closed = true
    guard committing else { return }
    await withCheckedContinuation { idle.append($0) }
  }

  private func drain() async {
    while !gathered.isEmpty {
      let batch = Array(gathered.prefix(most))
      gathered.removeFirst(batch.count)
      do {
        let clock = clock
        let done = try await pool.write { db in
          var done = try Self.perform(batch, db)
          done.at = clock()
          return done
        }
        tally.committed(writes: batch.count, faults: done.faults, sync: clock() - done.at)
        for tell in done.told { tell() }
      } catch {
        let fault = LedgerFault(error)
        tally.failed(fault, writes: batch.count)
        for write in batch { write.failed(fault) }
      }
    }
    committing = false
    for waiting in idle { waiting.resume() }
    idle = []
  }

  /// Each write in a savepoint of its own: one caller's fault does not undo his neighbours' work.
  private static func perform(_ batch: [Write], _ db: Database) throws -> Done {
    var done = Done()
    for write in batch {
      do {
        var tell: (@Sendable () -> Void)?
        try db.inSavepoint {
          tell = try write.work(db)
          return .commit
        }
        if let tell { done.told.append(tell) }
      } catch {
        if LedgerFault.dooms(error) || !db.isInsideTransaction { throw error }
        let fault = LedgerFault(error)
        done.faults.append(fault)
        done.told.append { write.failed(fault) }
      }
    }
    return done
  }
}
