import GRDB

/// Something that must be done for a job at a certain time, whoever is running then: a run timeout to enforce, say.
/// A job has one obligation of a kind at most.
package struct Obligation: Sendable, Equatable {
  /// What it is: a word of the caller's.
  package var kind: String
  /// When: milliseconds since 1970, UTC.
  package var due: Int64
  /// What the caller needs to do it.
  package var payload: [UInt8]

  /// An obligation that is not yet anybody's.
  package init(kind: String, due: Int64, payload: [UInt8] = []) {
    self.kind = kind
    self.due = due
    self.payload = payload
  }
}

/// An obligation to a job.
package struct Owed: Sendable, Equatable {
  /// The job's number.
  package let job: Int64
  package let obligation: Obligation

  static let columns = "job, kind, due, payload"

  init(_ row: Row) throws {
    job = row[0]
    obligation = Obligation(kind: row[1], due: row[2], payload: try row.bytes(3) ?? [])
  }
}

extension Ledger {
  /// What is due at `time` or was before, earliest first, at most `limit` of them.
  package func due(by time: Int64, limit: Int = 1000) async throws(LedgerFault) -> [Owed] {
    try await read { db in
      let sql = "SELECT \(Owed.columns) FROM obligation WHERE due <= ? ORDER BY due, job, kind LIMIT ?"
      return try Row.fetchAll(db, sql: sql, arguments: [time, max(0, limit)]).map(Owed.init)
    }
  }

  /// When the next obligation is due, in milliseconds since 1970; nil when nothing is owed.
  package func nextDue() async throws(LedgerFault) -> Int64? {
    try await read { db in try Int64.fetchOne(db, sql: "SELECT min(due) FROM obligation") }
  }

  /// What is owed to a job, earliest first.
  package func obligations(of number: Int64) async throws(LedgerFault) -> [Obligation] {
    try await read { db in
      let sql = "SELECT \(Owed.columns) FROM obligation WHERE job = ? ORDER BY due, kind"
      return try Row.fetchAll(db, sql: sql, arguments: [number]).map { try Owed($0).obligation }
    }
  }

  /// Notes that an obligation has been met; false when it was not owed any more.
  @discardableResult
  package func settle(_ kind: String, of number: Int64) async throws(LedgerFault) -> Bool {
    try await write { db in
      try Self.settle(kind, of: number, db)
      return db.changesCount > 0
    }
  }

  /// Owes something to a job that is open; an obligation of the same kind is replaced.
  package func owe(_ obligation: Obligation, to number: Int64) async throws(LedgerFault) {
    try await write { db in
      let look = try db.cachedStatement(sql: "SELECT over FROM job WHERE number = ?")
      guard try Int64.fetchOne(look, arguments: [number]) == 0 else { return }
      try Self.owe(obligation, to: number, db)
    }
  }

  static func settle(_ kind: String, of number: Int64, _ db: Database) throws {
    let settle = try db.cachedStatement(sql: "DELETE FROM obligation WHERE job = ? AND kind = ?")
    try settle.execute(arguments: [number, kind])
  }

  static func owe(_ obligation: Obligation, to number: Int64, _ db: Database) throws {
    let owe = try db.cachedStatement(
      sql: """
        INSERT INTO obligation (job, kind, due, payload) VALUES (?, ?, ?, ?)
        ON CONFLICT (job, kind) DO UPDATE SET due = excluded.due, payload = excluded.payload
        """)
    try owe.execute(arguments: [number, obligation.kind, obligation.due, obligation.payload.blob])
  }
}
