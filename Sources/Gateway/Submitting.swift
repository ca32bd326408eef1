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
    do throws(Fault) {
      draft = try Draft(loop.job, visit, exchange.body, isJSON: exchange.body.first == 0x7B, site)
    } catch {
      note(refused: error, .submit, visit, remote: remote, loop.job)
      if error.kind == .refusedLoss, let field = error.field {
        site.core.instruments.lost([Loss(field, .refused, because: error.text)])
      }
      throw Refusal(error, visit)
    }
    site.core.instruments.lost(draft.losses)
    let handle = exchange.hold()
    let site = site
    let way = Way(visit, exchange, loop)
    let key = exchange.headerString("idempotency-key")
    Task {
      let result = await Front.start(draft, visit, remote: remote, key: key, way, site)
      handle.resume { exchange in
        switch result {
        case .success(let fresh):
          if let raw = fresh.raw, self.pass(on: raw, exchange, visit, fresh.stored) { return }
          self.reply(exchange, visit, fresh.stored, losses: fresh.losses ?? draft.losses)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// Writes the job down, notes who asked for it, and hands it on; gives it as it then stands.
  private static func start(
    _ draft: Draft, _ visit: Visit, remote: String, key: String?, _ way: Way, _ site: Site
  ) async -> Result<Refreshing.Fresh, Fault> {
    if let first = await joined(draft, visit, site) { return .success(Refreshing.Fresh(stored: first)) }
    var draft = draft
    do throws(Fault) {
      try await Quorum(site: site).take(&draft, way)
    } catch { return .failure(error) }
    var record = Front.record(.submit, visit, remote: remote, at: draft.created, outcome: .accepted)
    record.kind = draft.kind.name
    switch draft.work {
    case .run(let order):
      record.command = order.command
      record.nodes = order.nodes
    case .send(let sent):
      record.command = draft.title
      record.nodes = sent.nodes
    }
    record.targets = record.nodes.count
    record.backend = draft.backend?.name ?? "runner"
    let created = await look { () async throws(LedgerFault) in try await create(draft, visit, key, site) }
    switch created {
    case .failure(let fault):
      record.outcome = .refused(fault.kind.rawValue)
      site.audit?.note(record)
      return .failure(fault)
    case .success(.differs(let number)):
      let fault = Fault(.unsupported, "this Idempotency-Key belongs to another request, of job \(number)")
      record.outcome = .refused(fault.kind.rawValue)
      site.audit?.note(record)
      return .failure(fault)
    case .success(.repeated(let number)): return await stored(number, site).map { Refreshing.Fresh(stored: $0) }
    case .success(.created(let number)):
      record.job = number
      tell(draft, record, visit, site)
      await Front.write(record, site)
      return await handOn(draft, number, visit, way, site)
    }
  }

  /// A repeat of a request whose first answer was ambiguous is that request.
  private static func joined(_ draft: Draft, _ visit: Visit, _ site: Site) async -> Stored? {
    guard draft.sent != nil, let number = site.core.doubts.joined(draft.request, at: site.now()),
      let stored = try? await site.store.job(number)
    else { return nil }
    site.log.notice(
      "a repeated request joins the job in doubt",
      metadata: ["job": "\(number)", "request": "\(visit.passage.request.text)"])
    return stored
  }

  /// How long an Idempotency-Key or a signature binds: a day, in milliseconds.
  private static let keyTime: Int64 = 86_400_000

  private static func create(
    _ draft: Draft, _ visit: Visit, _ key: String?, _ site: Site
  ) async throws(LedgerFault) -> CreatedOnce {
    try await site.catalogue.prepare(draft.names)
    var new = NewJob(
      dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account, principal: visit.principal,
      backend: draft.backend?.number ?? 0, phase: draft.isRejected ? .rejected : .accepted, created: draft.created)
    new.numberings = try await site.numberings(ofJobOn: new.backend, isBound: false)
    defer { site.begin(new.numberings) }
    return try await site.store.create(
      new, obligations: draft.obligations, mark: draft.isRejected ? nil : draft.sent?.mark,
      keys: visit.names(key).map {
        IdempotencyKey(key: $0, digest: draft.request.digest, since: draft.created - Front.keyTime)
      }, document: draft.document)
  }

  private static func stored(_ number: Int64, _ site: Site) async -> Result<Stored, Fault> {
    await look { () async throws(LedgerFault) in
      guard let stored = try await site.store.job(number) else { throw .io("a job vanished while it was sent") }
      return stored
    }
  }

  private static func handOn(
    _ draft: Draft, _ number: Int64, _ visit: Visit, _ way: Way, _ site: Site
  ) async -> Result<Refreshing.Fresh, Fault> {
    var raw: [UInt8]?
    switch draft.work {
    case _ where draft.isRejected: break
    case .run(var order):
      order.job = number
      order.id = visit.spoken.codec.dialect.ids.first == .hex ? site.ids.hex(UInt64(number)) : "\(number)"
      order.environment.append((name: "TRACEPARENT", value: visit.passage.trace.text))
      await site.runner.submit(order)
    case .send(let sent):
      switch await Sending(site: site).send(sent, as: number, way) {
      case .success(let answer): raw = sent.passesOn ? answer : nil
      case .failure(let fault):
        if fault.kind == .backendSlow { site.core.doubts.note(draft.request, number, at: site.now()) }
        return .failure(fault)
      }
    }
    return await stored(number, site).map { Refreshing.Fresh(stored: $0, raw: raw, losses: draft.losses) }
  }

  private static func tell(_ draft: Draft, _ record: AuditRecord, _ visit: Visit, _ site: Site) {
    site.core.instruments.submitted(dialect: record.dialect, backend: record.backend)
    site.log.info(
      "job accepted",
      metadata: [
        "job": "\(record.job ?? 0)", "dialect": "\(record.dialect)", "principal": "\(visit.principal)",
        "backend": "\(record.backend)", "command": "\(record.command.prefix { $0 != " " })",
        "nodes": "\(record.nodes.count)", "request": "\(visit.passage.request.text)",
        "losses": "\(draft.losses.map { "\($0.field) \($0.disposition.rawValue)" }.joined(separator: ", "))",
      ])
  }
}
