import JobModel
import Ledger
import Mapping
import Runner
import Telemetry
import Transport

/// A stop: asked of the runner, noted in the job, answered with the job as it then stands.
extension Front {
  func stop(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let named = visit.act.operation.reads == nil ? visit.parameters.job : loop.job.text(.id) ?? ""
    let number = try number(named, visit)
    let remote = exchange.peer
    let handle = exchange.hold()
    let site = site
    Task {
      let result = await Front.end(number, visit, site)
      var outcome = AuditRecord.Outcome.accepted
      if case .failure(let fault) = result { outcome = .refused(fault.kind.rawValue) }
      var record = Front.record(.stop, visit, remote: remote, at: site.now(), outcome: outcome)
      record.job = number
      record.backend = "runner"
      await Front.write(record, site)
      handle.resume { exchange in
        switch result {
        case .success(let stored): self.reply(exchange, visit, stored)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  private static func end(_ number: Int64, _ visit: Visit, _ site: Site) async -> Result<[UInt8], Fault> {
    let unknown = Fault(.unknownJob, "there is no job \(number)", field: "\(number)")
    let found: [UInt8]
    switch await look({ () async throws(LedgerFault) in try await site.store.job(number) }) {
    case .failure(let fault): return .failure(fault)
    case .success(let stored):
      guard let stored, stored.isVisible(to: visit) else { return .failure(unknown) }
      found = stored.document
    }
    let job = Job()
    guard (try? site.hub.load(found, into: job)) != nil else {
      return .failure(Fault(.internal, "job \(number) cannot be read"))
    }
    if job.phase?.isOver ?? true {
      let over = Fault(.alreadyOver, "job \(number) is over")
      return visit.act.operation.overIsIgnored ? .success(found) : .failure(over)
    }
    site.log.info(
      "job stopping",
      metadata: [
        "job": "\(number)", "dialect": "\(visit.spoken.codec.dialect.name)", "principal": "\(visit.principal)",
        "backend": "runner", "request": "\(visit.passage.request.text)",
      ])
    // First the state that the caller is told, then the deed: a short job would be over before anybody saw it stopping.
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.stopping, reason: nil)))
    await site.store.settle()
    let stored = site.snapshots[number]?.document ?? found
    _ = await site.runner.stop(job: number)
    return .success(stored)
  }
}
