import JobModel
import Ledger
import Mapping
import Runner
import Transport

/// A stop: asked of the runner, noted in the job, answered with the job as it then stands.
extension Front {
  func stop(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let named = visit.operation.reads == nil ? visit.parameters.job : loop.job.text(.id) ?? ""
    let number = try number(named, visit)
    let handle = exchange.hold()
    let site = site
    Task {
      let result = await Front.end(number, visit, site)
      handle.resume { exchange in
        switch result {
        case .success(let stored): self.reply(exchange, visit, stored)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  private static func end(_ number: Int64, _ visit: Visit, _ site: Site) async -> Result<[UInt8], Fault> {
    guard case .success(let found?) = await look({ () async throws(LedgerFault) in try await site.store.document(number) }) else {
      return .failure(Fault(.unknownJob, "there is no job \(number)", field: "\(number)"))
    }
    let outcome = await site.runner.stop(job: number)
    if outcome == .alreadyOver {
      await site.store.settle()
      let over = Fault(.alreadyOver, "job \(number) is over")
      return visit.operation.overIsIgnored ? .success(site.snapshots[number] ?? found) : .failure(over)
    }
    site.log.info(
      "job stopping", metadata: ["job": "\(number)", "dialect": "\(visit.dialect.name)", "principal": "\(visit.principal)"])
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.stopping, reason: nil)))
    await site.store.settle()
    return .success(site.snapshots[number] ?? found)
  }
}
