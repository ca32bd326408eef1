import GRDB

/// Jobs that a dialect's callers count: their numbers follow each other without a gap, wherever the jobs run (translation
/// tables, §7). Such callers ask for as many jobs as the newest number is higher than the one before, and wait for ever when
/// there are fewer.
package struct Numbering: Sendable {
  package var dialect: String
  /// The highest number that somebody else has given in this row: the home backend, to its own jobs.
  package var taken: Int64

  /// The row of a dialect.
  package init(dialect: String, taken: Int64) {
    self.dialect = dialect
    self.taken = taken
  }

  /// Gives a job the next number of the row; not if its `own` has not been given to another.
  func give(to job: Int64, unlessFree own: Int64? = nil, _ db: Database) throws {
    if let own {
      let given = try db.cachedStatement(sql: "SELECT 1 FROM front_number WHERE dialect = ? AND number = ?")
      if try Int.fetchOne(given, arguments: [dialect, own]) == nil { return }
    }
    let look = try db.cachedStatement(sql: "SELECT max(number) FROM front_number WHERE dialect = ?")
    let last = try Int64.fetchOne(look, arguments: [dialect]) ?? 0
    let give = try db.cachedStatement(
      sql: "INSERT INTO front_number (job, dialect, number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    try give.execute(arguments: [job, dialect, max(last, taken) + 1])
  }

  static func parse(_ text: String?) -> [String: Int64] {
    var found: [String: Int64] = [:]
    for pair in (text ?? "").split(separator: ",") {
      let parts = pair.split(separator: "=")
      if parts.count == 2 { found[String(parts[0])] = Int64(parts[1]) }
    }
    return found
  }
}

extension Ledger {
  /// Gives a job its next number in some rows, where it has none yet.
  package func number(_ job: Int64, in rows: [Numbering]) async throws(LedgerFault) {
    guard !rows.isEmpty else { return }
    try await write { db in for row in rows { try row.give(to: job, db) } }
  }

  /// The job that has a number in a dialect's row; nil when none has.
  package func job(numbered number: Int64, in dialect: String) async throws(LedgerFault) -> Int64? {
    try await read { db in
      let look = try db.cachedStatement(sql: "SELECT job FROM front_number WHERE dialect = ? AND number = ?")
      return try Int64.fetchOne(look, arguments: [dialect, number])
    }
  }

  /// The highest number that was given in a dialect's row; nil when none was.
  package func lastNumber(in dialect: String) async throws(LedgerFault) -> Int64? {
    try await read { db in
      let look = try db.cachedStatement(sql: "SELECT max(number) FROM front_number WHERE dialect = ?")
      return try Int64.fetchOne(look, arguments: [dialect])
    }
  }

  /// The highest of a backend's own ids, of those that are numbers; 0 when none is known.
  package func highestID(of backend: Int64) async throws(LedgerFault) -> Int64 {
    try await read { db in
      let sql = "SELECT max(CAST(backend_id AS INTEGER)) FROM job WHERE backend = ? AND backend_id IS NOT NULL"
      return try Int64.fetchOne(db, sql: sql, arguments: [backend]) ?? 0
    }
  }

  /// The numbers in a dialect's row of jobs that a backend knows under these ids; only of those that have one.
  package func numbers(
    in dialect: String, backend: Int64, ids: [String]
  ) async throws(LedgerFault) -> [String: Int64] {
    try await read { db in
      let look = try db.cachedStatement(
        sql: """
          SELECT front_number.number FROM job JOIN front_number ON front_number.job = job.number
          WHERE job.backend = ? AND job.backend_id = ? AND front_number.dialect = ? ORDER BY attempt DESC LIMIT 1
          """)
      var found: [String: Int64] = [:]
      for id in ids { found[id] = try Int64.fetchOne(look, arguments: [backend, id, dialect]) }
      return found
    }
  }
}
