import JobModel
import Ledger
import Mapping
import Runner
import Transport
import Wire

/// A submit: understood, made whole, written down, started — in that order, so that what was acknowledged is known.
extension Front {
  func submit(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let draft: Draft
    do throws(Fault) { draft = try Draft(loop.job, visit, site) } catch {
      throw Refusal(fault: error, dialect: visit.spoken.codec.dialect)
    }
    let handle = exchange.hold()
    let site = site
    Task {
      let result = await Front.look { () async throws(LedgerFault) in try await Front.start(draft, visit, site) }
      handle.resume { exchange in
        switch result {
        case .success(let stored): self.reply(exchange, visit, stored, losses: draft.losses)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// Writes the job down and hands it to the runner; gives its document.
  private static func start(_ draft: Draft, _ visit: Visit, _ site: Site) async throws(LedgerFault) -> [UInt8] {
    try await site.catalogue.prepare(draft.names)
    let new = NewJob(
      dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account, principal: visit.principal, backend: 0,
      created: draft.created)
    let number = try await site.store.create(new, document: draft.document)
    var order = draft.order
    order.job = number
    order.id = visit.spoken.codec.dialect.ids.first == .hex ? site.ids.hex(UInt64(number)) : "\(number)"
    site.log.info(
      "job accepted",
      metadata: [
        "job": "\(number)", "dialect": "\(visit.spoken.codec.dialect.name)", "principal": "\(visit.principal)",
        "backend": "runner",
        "command": "\(order.command.prefix { $0 != " " })", "nodes": "\(order.nodes.count)",
        "losses": "\(draft.losses.map { "\($0.field) \($0.disposition.rawValue)" }.joined(separator: ", "))",
      ])
    await site.runner.submit(order)
    return site.snapshots[number]?.document ?? draft.document
  }
}
