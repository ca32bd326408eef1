import GRDB
import JobModel

/// A part of the list of jobs, in the caller's order.
package struct JobPageRequest: Sendable {
  /// What the list is sorted by. Jobs that are equal in it follow their numbers, in the same direction.
  package enum Order: String, Sendable {
    /// The order of acknowledgement.
    case number
    /// When it was accepted.
    case created
    /// When its document was last written.
    case changed
    /// Who asked for it.
    case principal
    /// The name of its phase.
    case phase
    /// The environment it converges to, as its canonical document says.
    case environment

    /// What SQLite sorts by.
    var expression: String {
      switch self {
      case .environment: "coalesce(json_extract(CAST(document AS TEXT), '$.request.work.environment'), '')"
      default: rawValue
      }
    }
  }

  /// Who is looking: jobs that came in by the same dialect are theirs only if they belong to the same organization or
  /// account.
  package struct Viewer: Sendable {
    package var dialect: String
    package var scope: String
    /// Whether jobs that came in by other dialects are theirs, whoever they belong to there; else those of nobody in
    /// particular and of the same name.
    package var seesOthers: Bool

    /// Somebody who speaks a dialect, for an organization or account.
    package init(dialect: String, scope: String, seesOthers: Bool = true) {
      self.dialect = dialect
      self.scope = scope
      self.seesOthers = seesOthers
    }
  }

  /// Only jobs of this organization or account; nil for all.
  package var scope: String?
  /// Only what this one may see; nil for all.
  package var viewer: Viewer?
  /// Only jobs changed at or after this time, in milliseconds since 1970; nil for all.
  package var since: Int64?
  /// Only jobs in these phases; nil for all.
  package var phases: [Phase]?
  /// Only jobs that this backend does not own, or has not yet said to have; nil for all.
  package var otherThan: Int64?
  /// What the list is sorted by.
  package var order: Order
  /// Smallest and oldest first.
  package var ascending: Bool
  /// How many to leave out at the beginning.
  package var offset: Int
  /// At most that many jobs; nil for all that are left.
  package var limit: Int?
  /// Whether it is to be said how many there are.
  package var wantsTotal = true

  /// A page. Negative offsets and limits count as 0.
  package init(
    scope: String? = nil, phases: [Phase]? = nil, order: Order = .number, ascending: Bool = true, offset: Int = 0,
    limit: Int? = nil
  ) {
    self.scope = scope
    self.phases = phases
    self.order = order
    self.ascending = ascending
    self.offset = max(0, offset)
    self.limit = limit.map { max(0, $0) }
  }
}

/// What a page request found.
package struct JobIndex: Sendable {
  /// The jobs' numbers, in the order that was asked for: eight bytes a job, whatever the jobs weigh.
  package let numbers: [Int64]
  /// How many jobs there are, before offset and limit: counted in the same state of the file; nil when nobody wants to know.
  package let total: Int?
}

extension Ledger {
  /// The canonical document of a job; nil when there is no such job.
  package func document(_ number: Int64) async throws(LedgerFault) -> [UInt8]? {
    try await read { db in
      let statement = try db.cachedStatement(sql: "SELECT document FROM job WHERE number = ?")
      return try Row.fetchOne(statement, arguments: [number])?.bytes(0)
    }
  }

  /// All that is held of a job; nil when there is no such job.
  package func record(_ number: Int64) async throws(LedgerFault) -> JobRecord? {
    try await read { db in
      let statement = try db.cachedStatement(sql: "SELECT \(JobRecord.columns) FROM job WHERE number = ?")
      return try Row.fetchOne(statement, arguments: [number]).map(JobRecord.init)
    }
  }

  /// The job a backend knows under an id: the latest attempt, for a backend may use an id again.
  package func number(backend: Int64, backendID: String) async throws(LedgerFault) -> Int64? {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT number FROM job WHERE backend = ? AND backend_id = ? ORDER BY attempt DESC LIMIT 1")
      return try Int64.fetchOne(statement, arguments: [backend, backendID])
    }
  }

  /// All that is held of several jobs, in the order of their numbers here; those that are no more are left out.
  package func records(_ numbers: some Collection<Int64> & Sendable) async throws(LedgerFault) -> [JobRecord] {
    try await read { db in
      let statement = try db.cachedStatement(sql: "SELECT \(JobRecord.columns) FROM job WHERE number = ?")
      return try numbers.compactMap { try Row.fetchOne(statement, arguments: [$0]).map(JobRecord.init) }
    }
  }

  /// Which jobs a part of the list has, and how long the whole list is.
  package func index(_ request: JobPageRequest) async throws(LedgerFault) -> JobIndex {
    try await read { db in
      let filter = JobFilter(request)
      let total = request.wantsTotal ? try filter.total(db) : nil
      let direction = request.ascending ? "ASC" : "DESC"
      let keys = request.order == .number ? ["number"] : [request.order.expression, "number"]
      let order = keys.map { "\($0) \(direction)" }.joined(separator: ", ")
      let sql = "SELECT number FROM job \(filter.clause) ORDER BY \(order) LIMIT ? OFFSET ?"
      let found = try Int64.fetchAll(
        db, sql: sql, arguments: filter.arguments + [request.limit ?? -1, request.offset])
      return JobIndex(numbers: found, total: total)
    }
  }

  /// The jobs that are not over, oldest first: after a restart somebody must say what became of them.
  package func jobsOpen() async throws(LedgerFault) -> [JobRecord] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT \(JobRecord.columns) FROM job WHERE over = 0 ORDER BY number")
        .map(JobRecord.init)
    }
  }

  /// The phases a job has been in, first to last; empty when there is no such job.
  package func history(_ number: Int64) async throws(LedgerFault) -> [HistoryEntry] {
    try await read { db in
      let sql = "SELECT sequence, phase, at FROM history WHERE job = ? ORDER BY sequence"
      return try Row.fetchAll(db, sql: sql, arguments: [number])
        .map { HistoryEntry(sequence: $0[0], phase: Phase(stored: $0[1]), at: $0[2]) }
    }
  }
}
