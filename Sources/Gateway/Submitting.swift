import JobModel
import Ledger
import Mapping
import Runner
import Telemetry
import Transport
import Wire

/// A submit: understood, made whole, written down, started — in that order, so that what was acknowledged is known.
extension Front {
  func submit(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let remote = exchange.peer
    let draft: Draft
    do throws(Fault) { draft = try Draft(loop.job, visit, site) } catch {
      note(refused: error, .submit, visit, remote: remote, loop.job)
      if error.kind == .refusedLoss, let field = error.field {
        site.core.instruments.lost([Loss(field, .refused, because: error.text)])
      }
      throw Refusal(error, visit)
    }
    site.core.instruments.lost(draft.losses)
    let handle = exchange.hold()
    let site = site
    Task {
      let result = await Front.look { () async throws(LedgerFault) in
        try await Front.start(draft, visit, remote: remote, site)
      }
      if case .failure(let fault) = result, let audit = site.audit {
        audit.note(
          Front.record(.submit, visit, remote: remote, at: site.now(), outcome: .refused(fault.kind.rawValue)))
      }
      handle.resume { exchange in
        switch result {
        case .success(let stored): self.reply(exchange, visit, stored, losses: draft.losses)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// Writes the job down and hands it to the runner; gives its document.
  private static func start(
    _ draft: Draft, _ visit: Visit, remote: String, _ site: Site
  ) async throws(LedgerFault) -> [UInt8] {
    let dialect = visit.spoken.codec.dialect
    try await site.catalogue.prepare(draft.names)
    let new = NewJob(
      dialect: dialect.name, scope: visit.parameters.account, principal: visit.principal, backend: 0,
      created: draft.created)
    let number = try await site.store.create(new, obligations: draft.obligations, document: draft.document)
    var order = draft.order
    order.job = number
    order.id = dialect.ids.first == .hex ? site.ids.hex(UInt64(number)) : "\(number)"
    order.environment.append((name: "TRACEPARENT", value: visit.passage.trace.text))
    site.core.instruments.submitted(dialect: dialect.name, backend: "runner")
    site.log.info(
      "job accepted",
      metadata: [
        "job": "\(number)", "dialect": "\(dialect.name)", "principal": "\(visit.principal)", "backend": "runner",
        "command": "\(order.command.prefix { $0 != " " })", "nodes": "\(order.nodes.count)",
        "request": "\(visit.passage.request.text)",
        "losses": "\(draft.losses.map { "\($0.field) \($0.disposition.rawValue)" }.joined(separator: ", "))",
      ])
    var record = Front.record(.submit, visit, remote: remote, at: draft.created, outcome: .accepted)
    record.kind = draft.kind.name
    record.command = order.command
    record.targets = order.nodes.count
    record.nodes = order.nodes
    record.backend = "runner"
    record.job = number
    await Front.write(record, site)
    await site.runner.submit(order)
    return site.snapshots[number]?.document ?? draft.document
  }
}
