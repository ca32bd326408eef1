import JobModel
import Ledger
import Mapping
import Runner
import Transport
import Wire

/// Operations that only look: a job, its nodes, what it printed.
extension Front {
  /// `get` and `nodes`: as the job's platform has it now; what is over, and what runs here, from the snapshot.
  func show(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let named = try named(visit.parameters.job, visit)
    let wants: Wants
    do throws(Fault) { wants = try Wants(visit.act.operation, exchange) } catch {
      throw Refusal(error, visit)
    }
    if case .number(let number) = named, let watched = loop.watchlist.job(number, site.core) {
      let snapshot = watched.snapshot
      guard snapshot.stored.isVisible(to: visit) else { throw Refusal(Front.unknownJob(visit), visit) }
      let isOver = snapshot.stored.isOver
      if snapshot.stored.backend == 0 || (isOver && !site.passesOn(snapshot.stored, visit)) {
        return answer(
          visit, exchange, Refreshing.Fresh(stored: snapshot.stored), wants, (watched, loop.watchlist))
      }
      if !isOver, visit.act.operation.kind == .get || visit.act.operation.kind == .nodes,
        let poll = Poll(self, visit, wants, watched, loop)
      {
        loop.look().begin(poll, visit.passage, exchange, loop)
        return loop.watchlist.keep(poll, exchange)
      }
    }
    goOn(visit, wants, exchange.hold()) { [site, way = Way(visit, exchange, loop)] in
      await Front.current(named, visit, query: wants.query, way, site)
    }
  }

  /// Answers when it is known how the job stands.
  private func goOn(
    _ visit: Visit, _ wants: Wants, _ handle: Handle,
    _ find: @escaping @Sendable () async -> Result<Refreshing.Fresh, Fault>
  ) {
    Task {
      let found = await find()
      handle.resume { exchange in
        switch found {
        case .success(let fresh): self.answer(visit, exchange, fresh, wants)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// Asks what was asked before, word for word: who asks, for what, and whether they may, is known. False when this is to
  /// go the whole way.
  func again(_ exchange: Exchange, _ loop: LoopState, at begun: UInt64) -> Bool {
    guard let poll = loop.watchlist.poll(exchange) else { return false }
    loop.look().again(poll, exchange, loop, at: begun)
    return true
  }

  /// Goes on with what a job's platform has said.
  func goOn(_ poll: Poll, _ heard: Backend.Heard, _ handle: Handle, _ way: Way, _ passage: Passage) {
    let (visit, query, stored) = (poll.visit(passage), poll.wants.query, poll.watched.snapshot.stored)
    goOn(visit, poll.wants, handle) { [site] in
      await Refreshing(site: site).refresh(stored, Front.wish(visit, query, stored, site), heard: heard, way)
    }
  }

  /// Answers when a platform has said the same as the last time. `raw` is what is to be passed on, where a time in it has run
  /// on since.
  func answer(_ poll: Poll, _ passage: Passage, _ exchange: Exchange, _ loop: LoopState, _ raw: [UInt8]?) {
    let (visit, seen) = (poll.visit(passage), poll.watched)
    let watched =
      seen.snapshot.isLatest ? seen : loop.watchlist.job(seen.snapshot.stored.number, site.core) ?? seen
    if let raw {
      return answer(visit, exchange, Refreshing.Fresh(stored: watched.snapshot.stored, raw: raw), poll.wants)
    }
    if let known = Recall(watched, loop.watchlist, visit, poll.wants).known, let body = known.body {
      if poll.isRemembered, watched === seen { poll.keep(known, body, exchange, passage) }
      return send(known, body, exchange, visit, watched)
    }
    var fresh = Refreshing.Fresh(stored: watched.snapshot.stored)
    if site.passesOn(fresh.stored, visit) {
      let last = fresh.stored.answers
      fresh.raw = visit.act.operation.kind == .get ? last?.job.body : last?.nodes?.body
    }
    answer(visit, exchange, fresh, poll.wants, (watched, loop.watchlist))
  }

  /// Answers a question that is known as the last time, if that was answered and nothing has happened since.
  func answerAgain(_ poll: Poll, _ exchange: Exchange, _ loop: LoopState, begun: UInt64, acted: UInt64) -> Bool {
    guard poll.watched.snapshot.isLatest else { return false }
    return poll.known.lent.use { known in
      let now = loop.time(at: acted, site)
      exchange.begin(status: known.status)
      exchange.headers(known.head)
      let count = known.body.write(to: exchange, at: now)
      conclude(exchange, loop, known, bytes: count, at: now, begun: begun, acted: acted)
      exchange.finish()
      return true
    } ?? false
  }

  /// A job as it stands now, for a caller who may know of it.
  ///
  /// - Parameter query: what the caller asks beside the path, for a platform of the same dialect; nil when the platform's
  ///   own words are not wanted.
  static func current(
    _ named: Named, _ visit: Visit, query: String? = nil, _ way: Way, _ site: Site
  ) async -> Result<Refreshing.Fresh, Fault> {
    switch await site.find(named, visit, way) {
    case .failure(let fault): return .failure(fault)
    case .success(let stored):
      guard let stored, stored.isVisible(to: visit) else { return .failure(unknownJob(visit)) }
      return await Refreshing(site: site).refresh(stored, wish(visit, query, stored, site), way)
    }
  }

  private static func wish(_ visit: Visit, _ query: String?, _ stored: Stored, _ site: Site) -> Refreshing.Wish {
    guard let query, site.passesOn(stored, visit) else { return Refreshing.Wish(nodes: visit.act.showsNodes) }
    return Refreshing.Wish(nodes: visit.act.showsNodes, raw: visit.act.operation.kind, query: query)
  }

  /// What the query of a request asks to be shown.
  struct Wants: Sendable, Equatable {
    var withheld: Field?
    var hidden: Field?
    var offset = 0
    var limit: Int?
    /// What of it a platform of the same dialect is asked, too: nothing that the mapping does not name.
    var query = ""

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
        _ = try Listed.number(page.start, query, page)
      }
      let known = [operation.onlyWith?.query] + (operation.page?.names ?? [])
      self.query = Front.passedOn(query, known.compactMap { $0 })
    }
  }

  /// Parameters of a query that have these names.
  static func passedOn(_ query: Query, _ names: [String]) -> String {
    query.pairs.filter { names.contains($0.name) }.compactMap { pair in
      guard let name = PercentEncoding.encode(pair.name), let value = PercentEncoding.encode(pair.value) else {
        return nil
      }
      return "\(name)=\(value)"
    }.joined(separator: "&")
  }

  private func answer(
    _ visit: Visit, _ exchange: Exchange, _ fresh: Refreshing.Fresh, _ wants: Wants,
    _ kept: (watched: Watched, list: Watchlist)? = nil
  ) {
    let stored = fresh.stored
    guard stored.isVisible(to: visit) else { return refuse(exchange, Front.unknownJob(visit), visit) }
    let recall = kept.map { Recall($0.watched, $0.list, visit, wants) }
    if let kept, let known = recall?.known, let body = known.body {
      return send(known, body, exchange, visit, kept.watched)
    }
    if let raw = fresh.raw, pass(on: raw, exchange, visit, stored, recall) { return }
    reply(exchange, visit, stored, recall: recall) { job in
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
    let named = try named(visit.parameters.job, visit)
    guard let channel = OutputChannel(rawValue: visit.parameters.channel) else {
      throw Refusal(Fault(.unknownRoute, "there is no output \(visit.parameters.channel)"), visit)
    }
    let handle = exchange.hold()
    let site = site
    let way = Way(visit, exchange, loop)
    Task {
      let found = await Printed.find(named, channel, visit, way, site)
      handle.resume { exchange in
        switch found {
        case .failure(let fault): self.refuse(exchange, fault, visit)
        case .success(let printed):
          self.conclude(
            exchange,
            Conclusion(
              passage: self.acted(visit), status: visit.act.operation.status, bytes: printed.bytes.count, visit: visit,
              job: printed.job, backend: printed.backend))
          self.begin(exchange, visit.act.operation.status, visit.passage)
          self.addType(exchange, visit)
          if let note = printed.note { self.add("dragoman-output", note, to: exchange) }
          printed.bytes.withUnsafeBytes { exchange.finish(body: $0) }
        }
      }
    }
  }

  /// Which job an id in a path means.
  func named(_ id: String, _ visit: Visit) throws(Refusal) -> Named {
    guard let named = site.named(id, in: visit.spoken.codec.dialect) else {
      throw Refusal(Fault(.badID, "'\(id)' is no id of a job", field: "job"), visit)
    }
    return named
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
