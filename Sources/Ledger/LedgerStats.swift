import GRDB
import Glibc
import JobModel

/// The size of a ledger's file.
package struct LedgerSize: Sendable, Equatable, Encodable {
  /// Bytes of one page.
  package let pageSize: Int
  package let pages: Int
  /// Pages that the next jobs will use.
  package let freePages: Int
  /// Bytes of the log beside the file, which is part of the ledger.
  package let logBytes: Int

  init(_ db: Database, path: String) throws {
    pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    freePages = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
    var state = stat()
    logBytes = stat(path + "-wal", &state) == 0 ? Int(state.st_size) : 0
  }
}

/// What is pending in a ledger: cheap to ask, for metrics.
package struct LedgerPending: Sendable, Equatable, Encodable {
  /// Jobs that are not over.
  package let openJobs: Int
  package let obligations: Int
  /// When the next obligation is due: milliseconds since 1970; nil when nothing is owed.
  package let nextDue: Int64?
  /// Submits whose fate nobody knows: begun, or in doubt.
  package let inDoubt: Int

  init(_ db: Database, schema: Int) throws {
    openJobs = try Int.fetchOne(db, sql: "SELECT count(*) FROM job WHERE over = 0") ?? 0
    guard schema >= 2 else {
      (obligations, nextDue, inDoubt) = (0, nil, 0)
      return
    }
    obligations = try Int.fetchOne(db, sql: "SELECT count(*) FROM obligation") ?? 0
    nextDue = try Int64.fetchOne(db, sql: "SELECT min(due) FROM obligation")
    inDoubt = try Int.fetchOne(db, sql: "SELECT count(*) FROM intent WHERE state NOT IN ('known', 'settled')") ?? 0
  }
}

/// What is in a ledger. Times are milliseconds since 1970, UTC.
package struct LedgerStats: Sendable, Equatable, Encodable {
  /// The version of its tables.
  package let schema: Int
  package let jobs: Int
  /// The highest number ever given; 0 when none was.
  package let lastNumber: Int64
  /// When the oldest and the newest job were accepted; nil when there is none.
  package let oldest: Int64?
  package let newest: Int64?
  package let byPhase: [String: Int]
  package let byDialect: [String: Int]
  /// By the backend's number.
  package let byBackend: [String: Int]
  /// Bytes of all documents together.
  package let documentBytes: Int
  package let pending: LedgerPending
  package let size: LedgerSize

  init(_ db: Database, path: String, schema: Int) throws {
    self.schema = schema
    func counts(_ column: String) throws -> [String: Int] {
      let sql = "SELECT CAST(\(column) AS TEXT), count(*) FROM job GROUP BY \(column)"
      return try Dictionary(uniqueKeysWithValues: Row.fetchAll(db, sql: sql).map { ($0[0], $0[1]) })
    }
    byPhase = try counts("phase")
    byDialect = try counts("dialect")
    byBackend = try counts("backend")
    jobs = byPhase.values.reduce(0, +)
    lastNumber = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'job'") ?? 0
    oldest = try Int64.fetchOne(db, sql: "SELECT min(created) FROM job")
    newest = try Int64.fetchOne(db, sql: "SELECT max(created) FROM job")
    documentBytes = try Int.fetchOne(db, sql: "SELECT sum(length(document)) FROM job") ?? 0
    pending = try LedgerPending(db, schema: schema)
    size = try LedgerSize(db, path: path)
  }
}

extension Ledger {
  /// What is in the ledger. Looks at every job: not for every scrape.
  package func stats() async throws(LedgerFault) -> LedgerStats {
    let path = path
    return try await read { db in try LedgerStats(db, path: path, schema: Schema.steps.count) }
  }

  /// What is pending, and how large the file is: a look at a few indexes.
  package func pending() async throws(LedgerFault) -> (pending: LedgerPending, size: LedgerSize) {
    let path = path
    return try await read { db in
      (try LedgerPending(db, schema: Schema.steps.count), try LedgerSize(db, path: path))
    }
  }
}
