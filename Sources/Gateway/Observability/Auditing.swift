import JobModel
import Telemetry
import Transport

/// The audit log: a line for each submit and stop, whatever came of it.
extension Front {
  /// What the audit log says of a request. Outcome, backend and job are the caller's to fill in.
  static func record(
    _ action: AuditRecord.Action, _ visit: Visit, remote: String, at time: Int64, outcome: AuditRecord.Outcome
  ) -> AuditRecord {
    var record = AuditRecord(
      time: time, request: visit.passage.request, trace: visit.passage.trace, action: action, outcome: outcome)
    record.principal = visit.principal
    record.remote = remote
    record.credentials = visit.caller?.scheme.rawValue ?? ""
    record.dialect = visit.spoken.codec.dialect.name
    record.operation = visit.act.operation.name
    return record
  }

  /// Notes a request that was refused before anything was done for it.
  func note(refused fault: Fault, _ action: AuditRecord.Action, _ visit: Visit, remote: String, _ job: Job) {
    guard let audit = site.audit else { return }
    var record = Front.record(
      action, visit, remote: remote, at: site.now(), outcome: .refused(fault.kind.rawValue))
    record.kind = job.kind?.name ?? ""
    record.command = job.text(.command) ?? job.text(.task) ?? job.text(.package) ?? ""
    record.targets = job.texts(.targets)?.count
    audit.note(record)
  }

  /// Notes a submit or stop of somebody who was turned away.
  func note(turnedAway refusal: Refusal, _ exchange: Exchange, _ job: Job) {
    guard let visit = refusal.visit, !visit.isPermitted else { return }
    switch (refusal.fault.kind, visit.act.operation.kind) {
    case (.noCredential, .submit), (.badCredential, .submit), (.unknownAccount, .submit), (.forbidden, .submit):
      note(refused: refusal.fault, .submit, visit, remote: exchange.peer, job)
    case (.noCredential, .stop), (.badCredential, .stop), (.unknownAccount, .stop), (.forbidden, .stop):
      note(refused: refusal.fault, .stop, visit, remote: exchange.peer, job)
    default: break
    }
  }

  /// Writes a line and waits until it is on disk; a line that cannot be written is the log's business, and said there.
  static func write(_ record: AuditRecord, _ site: Site) async {
    guard let audit = site.audit else { return }
    if await !audit.write(record) {
      site.log.error("the audit log does not have it yet", metadata: ["job": "\(record.job ?? 0)"])
    }
  }
}
