import JobModel
import Ledger
import Telemetry

/// Nanoseconds of a clock that nobody sets. A function without anything around it, which would be counted each time.
typealias Ticks = @Sendable @convention(c) () -> UInt64

/// What is measured for as long as the process lives, and the levels and ids its logs go by.
package final class Instruments: Sendable {
  let metrics = Metrics()
  let level: SharedLevel
  let logs: Logs
  let ids: RequestIDs
  let ticks: Ticks
  private let reloads: CounterRow
  private let reloadTime: Gauge
  private let reloadSuccessful: Gauge

  init(level: SharedLevel, logs: Logs, now: Int64, version: String, ticks: Ticks) {
    self.level = level
    self.logs = logs
    self.ticks = ticks
    var random = SystemRandomNumberGenerator()
    ids = RequestIDs(started: now / 1000, using: &random)
    reloads = CounterRow(metrics, .reloads, values: ["ok", "refused"])
    reloads.show()
    let ends = Phase.allCases.filter(\.isOver).map(\.name)
    CounterRow(metrics, .jobsEnded, leading: ["runner"], values: ends).show()
    reloadTime = metrics.gauge(.reloadTime)
    reloadSuccessful = metrics.gauge(.reloadSuccessful)
    metrics.set(metrics.gauge(.build, [version]), 1)
    metrics.set(reloadTime, Double(now) / 1000)
    metrics.set(reloadSuccessful, 1)
    ProcessReadings.add(to: metrics, started: Double(now) / 1000)
  }

  /// A configuration was taken up, at a time in milliseconds since 1970.
  func reloaded(_ now: Int64) {
    metrics.add(reloads[0])
    metrics.set(reloadTime, Double(now) / 1000)
    metrics.set(reloadSuccessful, 1)
  }

  /// A configuration was refused.
  func refusedReload() {
    metrics.add(reloads[1])
    metrics.set(reloadSuccessful, 0)
  }

  /// A job is in the ledger.
  func submitted(dialect: String, backend: String) {
    metrics.add(metrics.counter(.jobsSubmitted, [dialect, backend]))
  }

  /// A job is over.
  func over(_ phase: Phase, backend: String) {
    metrics.add(metrics.counter(.jobsEnded, [backend, phase.name]))
  }

  /// What a request lost.
  func lost(_ losses: [Loss]) {
    for loss in losses {
      // A member that the hub has no word for is named by whoever sent it.
      let field = loss.field.hasPrefix("foreign") ? "foreign" : loss.field
      metrics.add(metrics.counter(.losses, [field, loss.disposition.rawValue]))
    }
  }
}
