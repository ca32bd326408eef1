import Ledger
import Telemetry
import Transport

/// What is not counted but read, when somebody asks for the metrics.
enum Gauges {
  static func add(to metrics: Metrics, core: Core, doors: Doors) {
    addDoors(to: metrics, doors)
    addLedger(to: metrics, core.ledger)
    let logs = core.instruments.logs
    metrics.read(.linesDropped) { logs.standing.map { Reading($0.dropped, labels: [$0.log]) } }
    metrics.read(.logFailing) { logs.standing.map { Reading($0.isFailing ? 1 : 0, labels: [$0.log]) } }
    let runner = core.runner
    metrics.read(.runnerProcesses) { [Reading(await runner.counters.processes)] }
    metrics.read(.runnerBusy) { [Reading(Int(await runner.counters.busyVotes))] }
  }

  private static func addDoors(to metrics: Metrics, _ doors: Doors) {
    func read(_ family: Family, _ value: @escaping @Sendable (Counters) -> Int) {
      metrics.read(family) { doors.reports.map { Reading(value($0.counters), labels: ["\($0.address)"]) } }
    }
    read(.connections) { $0.connections }
    read(.streams) { $0.exchanges }
    read(.connectionsAccepted) { $0.accepted }
    read(.connectionsTurnedAway) { $0.turnedAway }
    read(.connectionTimeouts) { $0.timeouts }
    read(.violations) { $0.violations }
    read(.received) { $0.bytesIn }
    read(.sent) { $0.bytesOut }
    read(.handshakes) { $0.handshakes }
    read(.handshakesFailed) { $0.handshakesFailed }
    metrics.read(.loopLag) {
      await doors.lags().enumerated().map { Reading(Double($1) / 1e9, labels: ["\($0)"]) }
    }
  }

  private static func addLedger(to metrics: Metrics, _ ledger: Ledger) {
    metrics.read(.ledgerCommits) { [Reading(Int(ledger.counters.commits))] }
    metrics.read(.ledgerCommitSeconds) { [Reading(Double(ledger.counters.syncs.sum) / 1e6)] }
    metrics.read(.ledgerWrites) { [Reading(Int(ledger.counters.writes))] }
    metrics.read(.ledgerFaults) {
      ledger.counters.faults.sorted { $0.key < $1.key }.map { Reading(Int($0.value), labels: [$0.key]) }
    }
    metrics.read(.ledgerSize) {
      guard let found = try? await ledger.pending() else { return [] }
      return [
        Reading(found.size.pages * found.size.pageSize, labels: ["database"]),
        Reading(found.size.logBytes, labels: ["wal"]),
      ]
    }
    metrics.read(.jobsOpen) {
      guard let found = try? await ledger.pending() else { return [] }
      return [Reading(found.pending.openJobs, labels: ["runner"])]
    }
    metrics.read(.jobsInDoubt) {
      guard let found = try? await ledger.pending() else { return [] }
      return [Reading(found.pending.inDoubt, labels: ["runner"])]
    }
  }
}
