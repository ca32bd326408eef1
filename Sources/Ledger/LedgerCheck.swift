import GRDB
import JobModel

/// Something that must not be in a ledger.
package struct LedgerFinding: Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  package let what: String
  /// Where: numbers of jobs, names. At most 20.
  package let places: [String]
  /// There are more of them.
  package let more: Bool

  /// One line for people.
  package var description: String {
    places.isEmpty ? what : "\(what): \(places.joined(separator: ", "))\(more ? " and more" : "")"
  }
}

/// Holds a ledger against what must always be true of one.
enum LedgerCheck {
  /// Something that must not be found. The statement gives the places where it is.
  private struct Rule {
    let what: String
    /// The version that brought it.
    var since = 1
    let sql: String

    func broken(_ db: Database) throws -> LedgerFinding? {
      let found = try String.fetchAll(db, sql: "SELECT * FROM (\(sql)) LIMIT \(most + 1)")
      guard !found.isEmpty else { return nil }
      return LedgerFinding(what: what, places: Array(found.prefix(most)), more: found.count > most)
    }
  }

  private static let most = 20

  static func run(_ db: Database, schema: Int) throws -> [LedgerFinding] {
    let damages = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(most))").filter { $0 != "ok" }
    // In a damaged file the other questions have no meaning.
    guard damages.isEmpty else { return damages.map(damaged) }
    return try rules.filter { $0.since <= schema }.compactMap { try $0.broken(db) }
  }

  /// What SQLite found.
  static func damaged(_ text: String) -> LedgerFinding {
    LedgerFinding(what: "damaged: \(text)", places: [], more: false)
  }

  private static func list(_ phases: [Phase]) -> String { phases.map { "'\($0.name)'" }.joined(separator: ", ") }

  private static let over = list(Phase.allCases.filter(\.isOver))
  private static let document = "CAST(document AS TEXT)"

  private static let rules: [Rule] = [
    Rule(
      what: "jobs in a phase that nobody knows",
      sql: "SELECT number FROM job WHERE phase NOT IN (\(list(Phase.allCases)))"),
    Rule(
      what: "jobs that are over or open against their phase",
      sql: "SELECT number FROM job WHERE over <> (phase IN (\(over)))"),
    Rule(
      what: "jobs whose times run backwards", since: 2,
      sql: "SELECT number FROM job WHERE changed < created OR finished < created"),
    Rule(
      what: "jobs that are over without a time, or open with one", since: 2,
      sql: "SELECT number FROM job WHERE over <> (finished IS NOT NULL)"),
    Rule(
      what: "jobs that are over without a place among those that ended, or open with one", since: 2,
      sql: "SELECT number FROM job WHERE over <> (ending IS NOT NULL)"),
    Rule(
      what: "jobs with a number that could be given again",
      sql: """
        SELECT number FROM job WHERE number < 1
          OR number > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'job'), 0)
        """),
    Rule(what: "jobs whose document is no JSON", sql: "SELECT number FROM job WHERE NOT json_valid(\(document))"),
    Rule(
      what: "jobs whose document tells another id",
      sql: """
        SELECT number FROM job
        WHERE iif(json_valid(\(document)), CAST(json_extract(\(document), '$.id') AS TEXT) IS NOT CAST(number AS TEXT), 0)
        """),
    Rule(
      what: "jobs whose document tells another phase",
      sql: """
        SELECT number FROM job WHERE iif(json_valid(\(document)), json_extract(\(document), '$.phase') IS NOT phase, 0)
        """),
    Rule(
      what: "jobs that are counted wrongly", since: 4,
      sql: """
        SELECT dialect || ' ' || scope || ' ' || backend FROM (
          SELECT dialect, scope, backend, count(*) AS jobs FROM job GROUP BY dialect, scope, backend
          UNION ALL SELECT dialect, scope, backend, -jobs FROM job_count
        ) GROUP BY dialect, scope, backend HAVING sum(jobs) <> 0
        """),
    Rule(what: "jobs without history", sql: "SELECT number FROM job WHERE number NOT IN (SELECT job FROM history)"),
    Rule(
      what: "history of jobs that do not exist",
      sql: "SELECT DISTINCT job FROM history WHERE job NOT IN (SELECT number FROM job)"),
    Rule(
      what: "jobs whose history has a gap",
      sql: """
        SELECT job FROM history GROUP BY job HAVING min(sequence) <> 1 OR max(sequence) <> count(*)
        """),
    Rule(
      what: "jobs whose history ends in another phase",
      sql: """
        SELECT number FROM job JOIN history AS last ON last.job = number
        WHERE last.sequence = (SELECT max(sequence) FROM history WHERE job = number) AND last.phase <> job.phase
        """),
    Rule(
      what: "jobs whose history runs backwards", since: 2,
      sql: """
        SELECT DISTINCT later.job FROM history AS later JOIN history AS earlier
          ON earlier.job = later.job AND earlier.sequence = later.sequence - 1
        WHERE later.at < earlier.at
        """),
    Rule(
      what: "obligations to jobs that do not exist or are over", since: 2,
      sql: """
        SELECT job || ' ' || kind FROM obligation
        WHERE NOT EXISTS (SELECT 1 FROM job WHERE number = obligation.job AND over = 0)
        """),
    Rule(
      what: "submits of jobs that do not exist", since: 2,
      sql: "SELECT job FROM intent WHERE job NOT IN (SELECT number FROM job)"),
    Rule(
      what: "submits in a state that nobody knows", since: 2,
      sql: """
        SELECT job FROM intent
        WHERE state NOT IN (\(SubmitIntent.State.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
        """),
    Rule(
      what: "submits that are known, without the backend's id", since: 2,
      sql: """
        SELECT job FROM intent JOIN job ON number = job WHERE state = 'known' AND backend_id IS NULL
        """),
    Rule(
      what: "idempotency keys of jobs that do not exist", since: 2,
      sql: """
        SELECT DISTINCT job FROM idempotency WHERE job NOT IN (SELECT number FROM job)
        """),
    Rule(
      what: "assigned numbers with a gap",
      sql: """
        SELECT kind || ' of ' || dialect FROM identifier GROUP BY kind, dialect
        HAVING min(number) <> 1 OR max(number) <> count(*)
        """),
    Rule(
      what: "what the ledger was given when it was made is not there or not whole",
      sql: """
        SELECT name FROM (SELECT 'key' AS name, 32 AS size UNION ALL SELECT 'instance', 32 UNION ALL SELECT 'created', NULL)
        LEFT JOIN meta ON meta.key = name WHERE value IS NULL OR length(value) <> size
        """),
  ]
}
