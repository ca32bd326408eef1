import JobModel
import Ledger
import Mapping
import Runner
import Transport
import Wire

/// Operations that only look: a job, its nodes, what it printed.
extension Front {
  /// `get` and `nodes`: from the snapshot if there is one, else from the ledger.
  func show(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let number = try number(visit.parameters.job, visit)
    let wants: Wants
    do throws(Fault) { wants = try Wants(visit.act.operation, exchange) } catch {
      throw Refusal(error, visit)
    }
    if let stored = site.snapshots[number], stored.isOver || stored.backend == 0 {
      return answer(visit, exchange, stored, wants)
    }
    let handle = exchange.hold()
    let site = site
    let lane = loop.lane
    Task {
      let found = await Front.current(number, visit, lane: lane, site)
      handle.resume { exchange in
        switch found {
        case .success(let stored): self.answer(visit, exchange, stored, wants)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// A job as it stands now, for a caller who may know of it.
  static func current(_ number: Int64, _ visit: Visit, lane: Int, _ site: Site) async -> Result<Stored, Fault> {
    switch await look({ () async throws(LedgerFault) in try await site.store.job(number) }) {
    case .failure(let fault): return .failure(fault)
    case .success(let stored):
      guard let stored, stored.isVisible(to: visit) else { return .failure(unknownJob(visit)) }
      let way = Way(trace: visit.passage.trace.text, lane: lane)
      return await Refreshing(site: site).refresh(number, stored, wantsNodes: visit.act.showsNodes, way)
    }
  }

  /// What the query of a request asks to be shown.
  struct Wants: Sendable {
    var withheld: Field?
    var hidden: Field?
    var offset = 0
    var limit: Int?

    /// Reads the query. Throws `invalid` for what the dialect refuses.
    init(_ operation: Operation, _ exchange: Exchange) throws(Fault) {
      guard operation.onlyWith != nil || operation.page != nil else { return }
      let query = Query(exchange.queryBytes)
      if let only = operation.onlyWith {
        if query.value(only.query) == "true" { hidden = only.hides } else { withheld = only.field }
      }
      if let page = operation.page {
        offset = try Listed.number(page.offset, query, page) ?? 0
        limit = try Listed.number(page.limit, query, page)
      }
    }
  }

  private func answer(_ visit: Visit, _ exchange: Exchange, _ stored: Stored, _ wants: Wants) {
    guard stored.isVisible(to: visit) else { return refuse(exchange, Front.unknownJob(visit), visit) }
    reply(exchange, visit, stored) { job in
      if let field = wants.withheld { job.clear(field) }
      if let field = wants.hidden, job.has(.file) { job.clear(field) }
      guard wants.offset > 0 || wants.limit != nil, let runs = job.nodeRuns else { return }
      job.nodeRuns = Array(runs.dropFirst(wants.offset).prefix(wants.limit ?? runs.count))
      job.set(.offset, integer: Int64(wants.offset))
      job.set(.limit, integer: wants.limit.map { Int64($0) })
    }
  }

  /// What one node printed. There is nothing before its run is over.
  func output(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let number = try number(visit.parameters.job, visit)
    guard let channel = OutputChannel(rawValue: visit.parameters.channel) else {
      throw Refusal(Fault(.unknownRoute, "there is no output \(visit.parameters.channel)"), visit)
    }
    let handle = exchange.hold()
    let site = site
    let lane = loop.lane
    Task {
      let found = await Printed.find(number, channel, visit, lane: lane, site)
      handle.resume { exchange in
        switch found {
        case .failure(let fault): self.refuse(exchange, fault, visit)
        case .success(let printed):
          self.conclude(
            exchange,
            Conclusion(
              passage: self.acted(visit), status: visit.act.operation.status, bytes: printed.bytes.count, visit: visit,
              job: number, backend: printed.backend))
          self.begin(exchange, visit.act.operation.status, visit.passage)
          self.addType(exchange, visit)
          if let note = printed.note { self.add("dragoman-output", note, to: exchange) }
          printed.bytes.withUnsafeBytes { exchange.finish(body: $0) }
        }
      }
    }
  }

  /// The ledger's number of an id in a path.
  func number(_ id: String, _ visit: Visit) throws(Refusal) -> Int64 {
    guard let text = visit.spoken.codec.dialect.hubID(id, site.ids) else {
      throw Refusal(Fault(.badID, "'\(id)' is no id of a job", field: "job"), visit)
    }
    guard let number = Int64(text) else {
      throw Refusal(Front.unknownJob(visit), visit)
    }
    return number
  }

  static func unknownJob(_ visit: Visit) -> Fault {
    Fault(.unknownJob, "there is no job \(visit.parameters.job)", field: visit.parameters.job)
  }

  /// A question to the ledger, its failure as a fault.
  static func look<T: Sendable>(_ ask: () async throws(LedgerFault) -> T) async -> Result<T, Fault> {
    do throws(LedgerFault) { return .success(try await ask()) } catch { return .failure(fault(error)) }
  }

  /// What a caller hears of a ledger that fails: try again later, nothing is half-written.
  static func fault(_ error: LedgerFault) -> Fault {
    switch error {
    case .full: Fault(.backendUnreachable, "the ledger has no room left; nothing was done")
    case .io: Fault(.backendUnreachable, "the ledger cannot be written; nothing was done")
    case .busy, .closed: Fault(.backendUnreachable, "the ledger is not to be had; nothing was done")
    default: Fault(.internal, "the ledger failed")
    }
  }
}
