import GRDB
import JobModel

/// Which jobs a list has, as SQL.
struct JobFilter {
  private let request: JobPageRequest
  /// What can be said of all jobs of one dialect, organization or account, and backend together.
  private var ofMany: [String] = []
  private var argumentsOfMany = StatementArguments()
  /// What has to be asked of each.
  private var ofOne: [String] = []
  private var argumentsOfOne = StatementArguments()

  init(_ request: JobPageRequest) {
    self.request = request
    if let scope = request.scope {
      ofMany.append("scope = ?")
      argumentsOfMany += [scope]
    }
    if let viewer = request.viewer {
      let others = viewer.seesOthers ? "dialect <> ?" : "dialect <> ? AND scope = ''"
      ofMany.append("(\(others) OR scope = ?)")
      argumentsOfMany += [viewer.dialect, viewer.scope]
    }
    if let since = request.since {
      ofOne.append("changed >= ?")
      argumentsOfOne += [since]
    }
    if let phases = request.phases {
      ofOne.append("phase IN (\(phases.map { _ in "?" }.joined(separator: ", ")))")
      argumentsOfOne += StatementArguments(phases.map(\.name))
    }
  }

  /// `WHERE` and what follows it; empty for all jobs.
  var clause: String {
    let elsewhere = request.otherThan.map { _ in "(backend <> ? OR backend_id IS NULL AND over = 0)" }
    return Self.clause(ofMany + (elsewhere.map { [$0] } ?? []) + ofOne)
  }

  /// What stands for its question marks.
  var arguments: StatementArguments {
    var arguments = argumentsOfMany
    if let backend = request.otherThan { arguments += [backend] }
    return arguments + argumentsOfOne
  }

  /// How many jobs that are: by the counts that are kept, where these say enough.
  func total(_ db: Database) throws -> Int {
    guard ofOne.isEmpty else {
      return try Int.fetchOne(db, sql: "SELECT count(*) FROM job \(clause)", arguments: arguments) ?? 0
    }
    let sum = "SELECT coalesce(sum(jobs), 0) FROM job_count"
    guard let backend = request.otherThan else {
      return try Int.fetchOne(db, sql: "\(sum) \(Self.clause(ofMany))", arguments: argumentsOfMany) ?? 0
    }
    let elsewhere =
      try Int.fetchOne(
        db, sql: "\(sum) \(Self.clause(ofMany + ["backend <> ?"]))", arguments: argumentsOfMany + [backend]) ?? 0
    let onTheirWay = ["over = 0", "backend = ?", "backend_id IS NULL"]
    let waiting =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM job \(Self.clause(ofMany + onTheirWay))",
        arguments: argumentsOfMany + [backend]) ?? 0
    return elsewhere + waiting
  }

  private static func clause(_ conditions: [String]) -> String {
    conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
  }
}
