import GRDB
import JobModel

/// What became of an update.
package enum Recorded: Sendable, Equatable {
  /// It is on disk.
  case written
  /// The job has gone further already, or is over: nothing was changed. The phase it is in.
  case frozen(Phase)
  /// There is no job of that number.
  case absent
}

extension Ledger {
  /// Gives a job its number and writes it down. Numbers are 1, 2, 3 … without gaps, in the order of acknowledgement, and
  /// none is given again, even when its job has been pruned.
  ///
  /// - Parameters:
  ///   - obligations: what is owed to it, from the same commit on; nothing is owed to a job that is over already.
  ///   - mark: what the backend will find in the request, when a submit is to be sent: an intent from the same commit on.
  ///   - document: renders the canonical document, told the number; called on the store's thread.
  /// - Throws: `.document` when `document` throws: nothing is kept, and the number goes to the next job.
  package func create(
    _ new: NewJob, obligations: [Obligation] = [], mark: String? = nil,
    document: @escaping @Sendable (Int64) throws -> [UInt8]
  ) async throws(LedgerFault) -> Int64 {
    try await write { db in try Self.insert(new, obligations, mark, document, db) }
  }

  /// Writes a job's new state. Phases never go backwards, and a job that is over keeps its document (law 8); an outcome
  /// may still be learnt for a job that merely `ended`. Nor do times go backwards: a clock that was set back is overruled
  /// by what was written before, in the record and in the history.
  ///
  /// - Parameters:
  ///   - changed: milliseconds since 1970: when the new state was seen.
  ///   - finished: the same, when it is over; without it, `changed`.
  ///   - adding: what is owed from now on; an obligation of the same kind is replaced.
  ///   - settling: kinds of obligations that are met. A job that is over is owed nothing any more. Neither is done when
  ///     the update is not written.
  package func update(
    _ number: Int64, phase: Phase, changed: Int64, finished: Int64?, document: [UInt8],
    adding: [Obligation] = [], settling: [String] = []
  ) async throws(LedgerFault) -> Recorded {
    try await write { db in
      let look = try db.cachedStatement(sql: "SELECT phase, changed, created FROM job WHERE number = ?")
      guard let stored = try Row.fetchOne(look, arguments: [number]) else { return .absent }
      let before = Phase(stored: stored[0])
      guard before.mayBecome(phase), !(before == phase && before.isOver) else { return .frozen(before) }
      let at = max(changed, stored[1])
      if phase.isOver {
        let created: Int64 = stored[2]
        try Self.end(number, phase, at: at, finished: max(finished ?? at, created), document, db)
      } else {
        let store = try db.cachedStatement(sql: "UPDATE job SET phase = ?, changed = ?, document = ? WHERE number = ?")
        try store.execute(arguments: [phase.name, at, document.blob, number])
        for kind in settling { try Self.settle(kind, of: number, db) }
        for obligation in adding { try Self.owe(obligation, to: number, db) }
      }
      if before != phase { try Self.remember(phase, of: number, at: at, db) }
      return .written
    }
  }

  static func insert(
    _ new: NewJob, _ obligations: [Obligation], _ mark: String?, _ document: (Int64) throws -> [UInt8], _ db: Database
  ) throws -> Int64 {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO job
          (dialect, scope, principal, backend, phase, over, created, changed, document)
        VALUES (?, ?, ?, ?, ?, 0, ?, ?, x'')
        """)
    try insert.execute(arguments: [
      new.dialect, new.scope, new.principal, new.backend, new.phase.name, new.created, new.created,
    ])
    let number = db.lastInsertedRowID
    let bytes: [UInt8]
    do { bytes = try document(number) } catch { throw LedgerFault.document("\(error)") }
    if new.phase.isOver {
      try end(number, new.phase, at: new.created, finished: new.created, bytes, db)
    } else {
      let render = try db.cachedStatement(sql: "UPDATE job SET document = ? WHERE number = ?")
      try render.execute(arguments: [bytes.blob, number])
      for obligation in obligations { try owe(obligation, to: number, db) }
    }
    for numbering in new.numberings {
      try numbering.give(to: number, unlessFree: new.backendID.flatMap { Int64($0) }, db)
    }
    if let id = new.backendID { _ = try bind(number, to: id, db) }
    if let mark { try intend(number, mark, at: new.created, db) }
    let begin = try db.cachedStatement(sql: "INSERT INTO history (job, sequence, phase, at) VALUES (?, 1, ?, ?)")
    try begin.execute(arguments: [number, new.phase.name, new.created])
    return number
  }

  /// The last state, or the last but one: an outcome may be learnt after the end, which does not move the job's place
  /// among those that ended.
  private static func end(
    _ number: Int64, _ phase: Phase, at: Int64, finished: Int64, _ document: [UInt8], _ db: Database
  ) throws {
    let store = try db.cachedStatement(
      sql: """
        UPDATE job SET phase = ?, over = 1, changed = ?, finished = ?, document = ?,
          ending = coalesce(ending, 1 + coalesce((SELECT max(ending) FROM job WHERE ending IS NOT NULL), 0))
        WHERE number = ?
        """)
    try store.execute(arguments: [phase.name, at, finished, document.blob, number])
    let settle = try db.cachedStatement(sql: "DELETE FROM obligation WHERE job = ?")
    try settle.execute(arguments: [number])
  }

  private static func remember(_ phase: Phase, of job: Int64, at: Int64, _ db: Database) throws {
    let append = try db.cachedStatement(
      sql: """
        INSERT INTO history (job, sequence, phase, at)
        SELECT ?1, 1 + coalesce((SELECT max(sequence) FROM history WHERE job = ?1), 0), ?2, ?3
        """)
    try append.execute(arguments: [job, phase.name, at])
  }
}
