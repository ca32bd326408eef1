import GRDB

extension Ledger {
  /// Forgets jobs that are over, with all that belongs to them, in one commit: those that finished before a time, and
  /// those that ended before the newest `keeping`. Never a job that is open, or whose submit is not settled.
  ///
  /// It forgets `limit` jobs at most, so that other writes never wait for long; who asks calls again while it answers that
  /// many. Which ended first is counted, not read off a clock. Their room in the file is used again by the next jobs: the
  /// file stays as large as it ever had to be, and no write pays for moving pages about.
  ///
  /// - Parameters:
  ///   - finishedBefore: milliseconds since 1970, UTC; nil forgets nothing for its age.
  ///   - keeping: how many of the jobs that are over stay; nil keeps any number.
  /// - Returns: the numbers forgotten, ascending. What is kept of these jobs elsewhere can go.
  package func prune(
    finishedBefore: Int64?, keeping: Int?, limit: Int = 100
  ) async throws(LedgerFault) -> [Int64] {
    // What is to go is looked up beside the writes, and asked once more when it goes.
    let numbers = try await read { db in
      var found = Set<Int64>()
      if let finishedBefore {
        let sql = "SELECT number FROM job WHERE finished < ? AND \(Self.clear) ORDER BY finished LIMIT ?"
        found.formUnion(try Int64.fetchSet(db, sql: sql, arguments: [finishedBefore, max(0, limit)]))
      }
      if let keeping {
        let sql = """
          SELECT number FROM job WHERE \(Self.clear) AND ending <= (
            SELECT ending FROM job WHERE ending IS NOT NULL ORDER BY ending DESC LIMIT 1 OFFSET ?
          ) ORDER BY ending LIMIT ?
          """
        found.formUnion(try Int64.fetchSet(db, sql: sql, arguments: [max(0, keeping), max(0, limit)]))
      }
      return Array(found.sorted().prefix(max(0, limit)))
    }
    guard !numbers.isEmpty else { return [] }
    return try await write { db in try numbers.filter { try Self.forget($0, db) } }
  }

  /// Which of these numbers no job has: what is kept elsewhere under them was left behind and can go.
  package func missing(among numbers: [Int64]) async throws(LedgerFault) -> [Int64] {
    try await read { db in
      let look = try db.cachedStatement(sql: "SELECT 1 FROM job WHERE number = ?")
      return try numbers.filter { try Int.fetchOne(look, arguments: [$0]) == nil }
    }
  }

  /// True of a job that nobody waits for.
  private static let clear = """
    over = 1 AND NOT EXISTS (SELECT 1 FROM intent WHERE job = number AND state NOT IN ('known', 'settled'))
    """

  private static func forget(_ number: Int64, _ db: Database) throws -> Bool {
    try db.cachedStatement(sql: "DELETE FROM job WHERE number = ? AND \(clear)").execute(arguments: [number])
    guard db.changesCount > 0 else { return false }
    for table in ["history", "obligation", "intent", "idempotency"] {
      try db.cachedStatement(sql: "DELETE FROM \(table) WHERE job = ?").execute(arguments: [number])
    }
    return true
  }
}
