import JobModel
import Telemetry

/// What all requests of one operation of one dialect count as, and what the access log says of each of them.
final class Meter: Sendable {
  let answers: CounterRow
  let duration: Histogram
  /// By profile.
  private let routes: [String: AccessRoute]
  let other: AccessRoute
  private let dialect: String
  private let operation: String

  /// Of an operation; `none` where no operation, or no dialect, was found.
  init(_ metrics: Metrics, dialect: String, operation: String, profiles: [String] = []) {
    answers = CounterRow(metrics, .requests, leading: [dialect, operation], values: Statuses.values)
    duration = metrics.histogram(.requestDuration, [dialect, operation])
    other = AccessRoute(dialect: dialect, operation: operation)
    (self.dialect, self.operation) = (dialect, operation)
    routes = Dictionary(
      profiles.map { ($0, AccessRoute(dialect: dialect, profile: $0, operation: operation)) }, uniquingKeysWith: { $1 })
  }

  func route(_ profile: String) -> AccessRoute { routes[profile] ?? other }

  /// What the access log says each time of a question that one caller asks about one job in the same words.
  func route(
    _ record: borrowing AccessRecord, _ profile: String, principal: String, backend: String, job: Int64,
    losses: AccessLosses?
  ) -> AccessRoute {
    AccessRoute(
      of: record, dialect: dialect, profile: profile, operation: operation, principal: principal, backend: backend,
      job: job,
      losses: losses)
  }
}
