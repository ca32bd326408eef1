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
    let meant = try self.named(named, visit)
    let remote = exchange.peer
    let handle = exchange.hold()
    let site = site
    let way = Way(visit, exchange, loop)
    Task {
      let result = await Front.end(meant, named, visit, way, site)
      var outcome = AuditRecord.Outcome.accepted
      if case .failure(let fault) = result { outcome = .refused(fault.kind.rawValue) }
      var record = Front.record(.stop, visit, remote: remote, at: site.now(), outcome: outcome)
      if case .number(let number) = meant { record.job = number }
      if case .success(let stored) = result {
        record.job = stored.number
        record.backend = site.core.backendName(stored.backend)
      }
      await Front.write(record, site)
      handle.resume { exchange in
        switch result {
        case .success(let stored): self.reply(exchange, visit, stored)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  private static func end(
    _ named: Named, _ id: String, _ visit: Visit, _ way: Way, _ site: Site
  ) async -> Result<Stored, Fault> {
    let stored: Stored
    switch await current(named, visit, way, site) {
    case .failure(let fault):
      guard fault.kind == .unknownJob else { return .failure(fault) }
      return .failure(Fault(.unknownJob, "there is no job \(id)", field: id))
    case .success(let found): stored = found.stored
    }
    let number = stored.number
    if stored.isOver {
      let over = Fault(.alreadyOver, "job \(number) is over")
      return visit.act.operation.overIsIgnored ? .success(stored) : .failure(over)
    }
    site.log.info(
      "job stopping",
      metadata: [
        "job": "\(number)", "dialect": "\(visit.spoken.codec.dialect.name)", "principal": "\(visit.principal)",
        "backend": "\(site.core.backendName(stored.backend))", "request": "\(visit.passage.request.text)",
      ])
    guard stored.backend == 0 else {
      return await Ending(site: site).stop(stored, way)
    }
    // First the state that the caller is told, then the deed: a short job would be over before anybody saw it stopping.
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.stopping, reason: nil)))
    await site.store.settle()
    let stopping = site.snapshots[number] ?? stored
    _ = await site.runner.stop(job: number)
    return .success(stopping)
  }
}
