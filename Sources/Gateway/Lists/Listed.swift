import JobModel
import Ledger
import Mapping
import Wire

/// What a list request asks for, by the page rules of its operation.
struct Listed: Sendable {
  var request = JobPageRequest()
  private(set) var limit: Int?
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
    let carries = visit.act.writers[visit.profile]?.carries ?? 0
    request.wantsTotal = carries & (1 << UInt64(Field.total.rawValue)) != 0
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

  /// What the list says of itself; how many jobs there are may not be known.
  func describe(_ page: Job, total: Int?) {
    page.set(.offset, integer: Int64(request.offset))
    page.set(.limit, integer: limit.map { Int64($0) })
    page.set(.total, integer: total.map { Int64($0) })
    page.set(.order, text: order)
    page.set(.orderBy, text: orderBy)
  }
}

extension Operation.Page {
  /// The query parameters that it names.
  var names: [String] { filters + [offset, limit, direction, start].compactMap { $0 } }

  /// Those that say which jobs, in which order, but not which part of them.
  var filters: [String] { [sort, phase, since].compactMap { $0 } }
}
