import JobModel
import Ledger
import Mapping
import Transport
import Wire

/// The list of jobs, in the caller's order and page.
extension Front {
  func list(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let wanted: Listed
    do throws(Fault) { wanted = try Listed(visit, Query(exchange.queryBytes)) } catch {
      throw Refusal(error, visit)
    }
    let handle = exchange.hold()
    let site = site
    let way = Way(trace: visit.passage.trace.text, lane: loop.lane)
    let query = Front.passedOn(Query(exchange.queryBytes), visit.act.operation.page?.names ?? [])
    Task {
      if let home = await site.wholeHome(visit), let list = home.operation(.list) {
        let target = Backend.Target(account: home.part.account ?? visit.parameters.account)
        let answer = await home.call(list, target, query: query, way)
        return handle.resume { exchange in
          switch answer {
          case .success(let answer):
            if self.pass(on: answer.body, listOf: home, exchange, visit) { return }
            self.refuse(exchange, home.nonsense.fault, visit)
          case .failure(let failure): self.refuse(exchange, failure.fault, visit)
          }
        }
      }
      let found = await Front.look { () async throws(LedgerFault) in try await Front.page(wanted, way, site) }
      handle.resume { exchange in
        switch found {
        case .success(let page): self.write(page, wanted, visit, exchange)
        case .failure(let fault): self.refuse(exchange, fault, visit)
        }
      }
    }
  }

  /// A page of the ledger, after the platforms of its open jobs were asked how they are doing.
  private static func page(_ wanted: Listed, _ way: Way, _ site: Site) async throws(LedgerFault) -> JobPage {
    let page = try await site.ledger.page(wanted.request)
    let open = page.rows.filter { !$0.phase.isOver && $0.backend != 0 }
    guard !open.isEmpty else { return page }
    await Refreshing(site: site).refresh(open.map(Stored.init), way)
    return try await site.ledger.page(wanted.request)
  }

  /// What the list will not say, each loss once.
  private func lost(_ page: JobPage, _ visit: Visit, _ loop: LoopState) -> [Loss] {
    var found: [Loss] = []
    var known: Set<Loss> = []
    for row in page.rows where row.backend != 0 {
      guard (try? site.hub.load(row.document, into: loop.job)) != nil else { continue }
      for loss in lost(loop.job, row.backend, visit) where known.insert(loss).inserted { found.append(loss) }
    }
    return found
  }

  private func write(_ page: JobPage, _ wanted: Listed, _ visit: Visit, _ exchange: Exchange) {
    guard let loop = exchange.context as? LoopState, let name = visit.act.operation.document,
      let around = visit.spoken.codec.writer(name, profile: visit.profile),
      let entries = visit.spoken.codec.entries(name),
      let entry = visit.spoken.codec.writer(entries.document, profile: visit.profile)
    else { return refuse(exchange, Fault(.internal, "the operation has no list"), visit) }
    let passage = acted(visit)
    loop.page.reset()
    wanted.describe(loop.page, total: page.total)
    begin(exchange, visit.act.operation.status, passage)
    addType(exchange, visit)
    let losses = lost(page, visit, loop)
    if !losses.isEmpty { add("dragoman-loss", Front.header(losses, in: "list"), to: exchange) }
    loop.output.clear()
    around.begin(loop.page, to: loop.output)
    var sent = 0
    for row in page.rows {
      guard (try? site.hub.load(row.document, into: loop.job)) != nil else { continue }
      present(loop.job, visit, row.number, row.backend, row.backendID)
      around.separate(loop.output)
      entry.write(loop.job, to: loop.output)
      if loop.output.count > 1 << 20 {
        // The last byte stays: separators and brackets look back at it.
        let last = loop.output.last
        exchange.append(UnsafeRawBufferPointer(rebasing: loop.output.written.dropLast()))
        sent += loop.output.count - 1
        loop.output.clear()
        loop.output.byte(last)
      }
    }
    around.end(loop.page, to: loop.output)
    conclude(
      exchange,
      Conclusion(
        passage: passage, status: visit.act.operation.status, bytes: sent + loop.output.count, visit: visit,
        losses: losses))
    exchange.finish(body: loop.output.written)
    loop.output.trim(to: 1 << 20)
  }
}

/// What a list request asks for, by the page rules of its operation.
struct Listed: Sendable {
  var request = JobPageRequest()
  private var limit: Int?
  private var order = ""
  private var orderBy = ""

  /// Reads the query. Throws `invalid` for what the dialect refuses.
  init(_ visit: Visit, _ query: Query) throws(Fault) {
    let rules = visit.act.operation.page ?? Operation.Page()
    request.offset = try Listed.number(rules.offset, query, rules) ?? 0
    limit = try Listed.number(rules.limit, query, rules) ?? rules.standard
    if let most = rules.most, let asked = limit, asked > most {
      guard rules.clamps else {
        throw Fault(.invalid, "\(rules.limit ?? "limit") must be at most \(most)", field: rules.limit)
      }
      limit = most
    }
    request.limit = limit
    request.ascending = rules.ascending
    if let name = rules.direction, let text = query.value(name) {
      if text == "asc" || text == "desc" {
        request.ascending = text == "asc"
      } else if !rules.clamps {
        throw Fault(.invalid, "\(name) must be asc or desc", field: name)
      }
    }
    order = request.ascending ? "asc" : "desc"
    orderBy = rules.sort.flatMap { query.value($0) } ?? rules.by
    if let sort = rules.sort, rules.sorts[orderBy] == nil, rules.by != orderBy {
      guard rules.clamps else {
        throw Fault(
          .invalid, "\(sort) must be one of \(rules.sorts.keys.sorted().joined(separator: ", "))", field: sort)
      }
      orderBy = rules.by
    }
    request.order = Listed.order(rules.sorts[orderBy] ?? rules.by)
    if !visit.parameters.account.isEmpty {
      request.viewer = .init(
        dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account,
        seesOthers: visit.isOnTrust)
    }
    if let name = rules.since, var text = query.value(name) {
      let since = text.withUTF8 { Times.parseISO8601(UnsafeRawBufferPointer($0)) }
      if since == nil, !rules.clamps { throw Fault(.invalid, "\(name) must be a time", field: name) }
      request.since = since
    }
    if let name = rules.phase, let word = query.value(name), word != "all" {
      let words = visit.spoken.codec.dialect.words("phase", profile: visit.profile)
      request.phases = Phase.allCases.filter {
        words?.written[Int($0.rawValue)] == word || words?.value(of: word) == $0.rawValue
      }
    }
  }

  /// A number of the query, not negative; nil when it is absent, or when the dialect passes over nonsense.
  static func number(_ name: String?, _ query: Query, _ rules: Operation.Page) throws(Fault) -> Int? {
    guard let name, let text = query.value(name) else { return nil }
    if let value = Int(text), value >= 0 { return value }
    if rules.clamps { return nil }
    throw Fault(.invalid, "\(name) must be a whole number, not negative", field: name)
  }

  private static func order(_ name: String) -> JobPageRequest.Order {
    switch name {
    case "created": .created
    case "changed", "entered", "timestamp": .changed
    case "owner": .principal
    case "state": .phase
    case "environment": .environment
    default: .number
    }
  }

  /// What the list says of itself.
  func describe(_ page: Job, total: Int) {
    page.set(.offset, integer: Int64(request.offset))
    page.set(.limit, integer: limit.map { Int64($0) })
    page.set(.total, integer: Int64(total))
    page.set(.order, text: order)
    page.set(.orderBy, text: orderBy)
  }
}

extension Operation.Page {
  /// The query parameters that it names.
  var names: [String] { [offset, limit, direction, sort, phase, since].compactMap { $0 } }
}
