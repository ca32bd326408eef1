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

  private typealias Told = [@Sendable () -> Void]

  private let pool: DatabasePool
  private let most: Int
  private var gathered: [Write] = []
  private var committing = false
  private var closed = false
  private var idle: [CheckedContinuation<Void, Never>] = []

  init(pool: DatabasePool, most: Int = 512) {
    self.pool = pool
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
        let told = try await pool.write { db in try Self.perform(batch, db) }
        for tell in told { tell() }
      } catch {
        let fault = LedgerFault(error)
        for write in batch { write.failed(fault) }
      }
    }
    committing = false
    for waiting in idle { waiting.resume() }
    idle = []
  }

  /// Each write in a savepoint of its own: one caller's fault does not undo his neighbours' work.
  private static func perform(_ batch: [Write], _ db: Database) throws -> Told {
    var told: Told = []
    for write in batch {
      do {
        var tell: (@Sendable () -> Void)?
        try db.inSavepoint {
          tell = try write.work(db)
          return .commit
        }
        if let tell { told.append(tell) }
      } catch {
        let fault = LedgerFault(error)
        if fault.dooms || !db.isInsideTransaction { throw fault }
        told.append { write.failed(fault) }
      }
    }
    return told
  }
}
