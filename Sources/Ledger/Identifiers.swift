import GRDB

extension Ledger {
  /// The number a name has in a dialect, for the kinds of things that need one there (a package, a cluster, a job whose
  /// own id does not fit). Assigned at the first asking: 1, 2, 3 … for each kind and dialect, and the same for ever.
  package func assign(kind: String, dialect: String, name: String) async throws(LedgerFault) -> Int64 {
    guard let number = try await assign(kind: kind, dialect: dialect, names: [name]).first else {
      throw LedgerFault.io("no number was assigned")
    }
    return number
  }

  /// The numbers of several names, in their order; what has none yet gets one in the same commit.
  package func assign(kind: String, dialect: String, names: [String]) async throws(LedgerFault) -> [Int64] {
    let known = try await read { db in try names.map { try Self.identifier(db, kind, dialect, $0) } }
    guard known.contains(nil) else { return known.compactMap { $0 } }
    return try await write { db in
      try names.map { name in
        if let known = try Self.identifier(db, kind, dialect, name) { return known }
        let sql = """
          INSERT INTO identifier (kind, dialect, name, number)
          SELECT ?1, ?2, ?3, 1 + coalesce((SELECT max(number) FROM identifier WHERE kind = ?1 AND dialect = ?2), 0)
          RETURNING number
          """
        let insert = try db.cachedStatement(sql: sql)
        guard let number = try Int64.fetchOne(insert, arguments: [kind, dialect, name]) else {
          throw LedgerFault.io("no number was assigned")
        }
        return number
      }
    }
  }

  /// The name behind an assigned number; nil when that number was never given.
  package func name(kind: String, dialect: String, number: Int64) async throws(LedgerFault) -> String? {
    try await read { db in
      let sql = "SELECT name FROM identifier WHERE kind = ? AND dialect = ? AND number = ?"
      return try String.fetchOne(db, sql: sql, arguments: [kind, dialect, number])
    }
  }

  /// A value kept beside the jobs, under a key of the caller's; nil when there is none.
  package func value(of key: String) async throws(LedgerFault) -> [UInt8]? {
    try await read { db in try meta(db, "value:" + key) }
  }

  /// Keeps a value beside the jobs, in place of the one before.
  package func set(_ value: [UInt8], for key: String) async throws(LedgerFault) {
    try await write { db in try setMeta(db, "value:" + key, value) }
  }

  private static func identifier(_ db: Database, _ kind: String, _ dialect: String, _ name: String) throws -> Int64? {
    let look = try db.cachedStatement(sql: "SELECT number FROM identifier WHERE kind = ? AND dialect = ? AND name = ?")
    return try Int64.fetchOne(look, arguments: [kind, dialect, name])
  }
}
