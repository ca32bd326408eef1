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
  /// Gives a job its number and writes it down. Numbers are 1, 2, 3 … without gaps, in the order of acknowledgement.
  ///
  /// - Parameter document: renders the canonical document, told the number; called on the store's thread.
  /// - Throws: `.document` when `document` throws: nothing is kept, and the number goes to the next job.
  package func create(
    _ new: NewJob, document: @escaping @Sendable (Int64) throws -> [UInt8]
  ) async throws(LedgerFault) -> Int64 {
    try await write { db in
      let insert = try db.cachedStatement(
        sql: """
          INSERT INTO job
            (dialect, scope, principal, backend, backend_id, phase, over, created, changed, finished, document)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'')
          """)
      let finished: Int64? = new.phase.isOver ? new.created : nil
      try insert.execute(arguments: [
        new.dialect, new.scope, new.principal, new.backend, new.backendID, new.phase.name, new.phase.isOver,
        new.created, new.created, finished,
      ])
      let number = db.lastInsertedRowID
      let bytes: [UInt8]
      do { bytes = try document(number) } catch { throw LedgerFault.document("\(error)") }
      let render = try db.cachedStatement(sql: "UPDATE job SET document = ? WHERE number = ?")
      try render.execute(arguments: [bytes.blob, number])
      try Self.remember(new.phase, of: number, at: new.created, db)
      return number
    }
  }

  /// Writes a job's new state. Phases never go backwards, and a job that is over keeps its document (law 8); an outcome
  /// may still be learnt for a job that merely `ended`.
  ///
  /// - Parameters:
  ///   - changed: milliseconds since 1970: when the new state was seen.
  ///   - finished: the same, when it is over.
  package func update(
    _ number: Int64, phase: Phase, changed: Int64, finished: Int64?, document: [UInt8]
  ) async throws(LedgerFault) -> Recorded {
    try await write { db in
      let look = try db.cachedStatement(sql: "SELECT phase FROM job WHERE number = ?")
      guard let stored = try String.fetchOne(look, arguments: [number]) else { return .absent }
      let before = Phase(stored: stored)
      guard before.mayBecome(phase), !(before == phase && before.isOver) else { return .frozen(before) }
      let store = try db.cachedStatement(
        sql: "UPDATE job SET phase = ?, over = ?, changed = ?, finished = ?, document = ? WHERE number = ?")
      try store.execute(arguments: [phase.name, phase.isOver, changed, finished, document.blob, number])
      if before != phase { try Self.remember(phase, of: number, at: changed, db) }
      return .written
    }
  }

  /// Notes under which id the backend knows the job.
  package func bind(_ number: Int64, backendID: String) async throws(LedgerFault) {
    try await write { db in
      let bind = try db.cachedStatement(sql: "UPDATE job SET backend_id = ? WHERE number = ?")
      try bind.execute(arguments: [backendID, number])
    }
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
