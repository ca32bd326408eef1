import GRDB

/// What leads from one version of the tables to the next.
enum Schema {
  /// Marks the file as a ledger of this program (`PRAGMA application_id`).
  static let mark = 0x4472_6167

  /// Brings a file up to date, one step after the other, each in a transaction of its own: a step that fails leaves the
  /// file as the step before made it. The version is looked at inside, so that two who open it at once do not both step.
  static func prepare(_ db: Database) throws {
    while try version(of: db) < steps.count {
      try db.inTransaction(.immediate) {
        let found = try version(of: db)
        guard found < steps.count else { return .commit }
        try db.execute(sql: steps[found])
        try db.execute(sql: "PRAGMA application_id = \(Schema.mark)")
        try db.execute(sql: "PRAGMA user_version = \(found + 1)")
        return .commit
      }
    }
  }

  /// The version of a file, 0 for an empty one. Throws for a file that is no ledger, or one of a later version.
  static func version(of db: Database) throws -> Int {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard mark == Schema.mark || (mark == 0 && tables == 0) else { throw LedgerFault.corrupt("not a ledger") }
    guard (0...steps.count).contains(found) else { throw LedgerFault.newer(found: found, known: steps.count) }
    return found
  }
}
