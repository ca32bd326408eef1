import GRDB

/// A submit that was about to be sent to a backend: written down first, so that after a crash somebody can find out what
/// became of it.
package struct SubmitIntent: Sendable, Equatable {
  /// How far it got.
  package enum State: String, CaseIterable, Sendable {
    /// Nothing has been sent yet.
    case intended
    /// Sending has begun: the backend may have it.
    case sent
    /// Nobody can say whether the backend has it.
    case inDoubt = "in-doubt"
    /// The backend has it, and its id is known.
    case known
    /// It is settled otherwise: the backend refused it, or an operator said what became of it.
    case settled

    /// Only forwards; what is known or settled stays so. What was in doubt may be found.
    package func mayBecome(_ next: State) -> Bool {
      switch self {
      case .intended: true
      case .sent: next != .intended
      case .inDoubt: next != .intended && next != .sent
      case .known, .settled: next == self
      }
    }
  }

  /// The job's number.
  package let job: Int64
  /// The backend it was for.
  package let backend: Int64
  /// What the backend would find in the request.
  package let mark: String
  package let state: State
  /// When it came into that state: milliseconds since 1970, UTC.
  package let at: Int64
}

extension Ledger {
  /// Says how far a submit got. On disk when this returns; false when there is none or it has gone further.
  package func advance(
    _ number: Int64, to state: SubmitIntent.State, at: Int64
  ) async throws(LedgerFault) -> Bool {
    try await write { db in try Self.advance(number, to: state, at: at, db) }
  }

  /// The submits in certain states, oldest job first: after a restart, those `intended`, `sent` and `inDoubt` are
  /// somebody's business.
  package func intents(in states: Set<SubmitIntent.State>) async throws(LedgerFault) -> [SubmitIntent] {
    try await read { db in
      let list = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      // The open ones are few, and have an index that SQLite only takes when it is told the same condition.
      let open = states.isDisjoint(with: [.known, .settled]) ? "AND state NOT IN ('known', 'settled')" : ""
      let sql = """
        SELECT intent.job, backend, mark, state, at FROM intent JOIN job ON job.number = intent.job
        WHERE state IN (\(list)) \(open) ORDER BY intent.job
        """
      return try Row.fetchAll(db, sql: sql).map(Self.intent)
    }
  }

  /// The submit of a job; nil when none was written down.
  package func intent(of number: Int64) async throws(LedgerFault) -> SubmitIntent? {
    try await read { db in
      let sql = """
        SELECT intent.job, backend, mark, state, at FROM intent JOIN job ON job.number = intent.job
        WHERE intent.job = ?
        """
      return try Row.fetchOne(db, sql: sql, arguments: [number]).map(Self.intent)
    }
  }

  static func intend(_ number: Int64, _ mark: String, at: Int64, _ db: Database) throws {
    let intend = try db.cachedStatement(sql: "INSERT INTO intent (job, mark, state, at) VALUES (?, ?, 'intended', ?)")
    try intend.execute(arguments: [number, mark, at])
  }

  static func advance(_ number: Int64, to state: SubmitIntent.State, at: Int64, _ db: Database) throws -> Bool {
    let look = try db.cachedStatement(sql: "SELECT state FROM intent WHERE job = ?")
    guard let stored = try String.fetchOne(look, arguments: [number]),
      let before = SubmitIntent.State(rawValue: stored),
      before.mayBecome(state)
    else { return false }
    let store = try db.cachedStatement(sql: "UPDATE intent SET state = ?, at = max(at, ?) WHERE job = ?")
    try store.execute(arguments: [state.rawValue, at, number])
    return true
  }

  private static func intent(_ row: Row) throws -> SubmitIntent {
    guard let state = SubmitIntent.State(rawValue: row[3]) else { throw LedgerFault.corrupt("intent: state") }
    return SubmitIntent(job: row[0], backend: row[1], mark: row[2], state: state, at: row[4])
  }
}
