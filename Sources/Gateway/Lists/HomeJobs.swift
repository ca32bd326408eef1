import JobModel
import Ledger
import Mapping

/// The jobs of a list that a caller's home has, page by page: also those from before the gateway came.
struct HomeJobs: Sendable {
  let backend: Backend
  private let site: Site
  private let visit: Visit
  private let request: JobPageRequest
  private let isPassedOn: Bool
  /// The home speaks another dialect than the caller: which jobs are wanted is looked at here.
  private let selects: Bool
  /// The home's list has an order; else its jobs come first.
  private let isOrdered: Bool
  private var list: PlatformList
  private var page: PlatformList.Page?
  private var next = 0
  private var hasBegun = false
  private var renamed: [String: Int64] = [:]
  /// Jobs that may be those in doubt, which the ledger tells of.
  private var doubtful: Set<String> = []
  private let way: Way
  private var head: Head?

  /// What stands at the head of the line.
  private struct Head {
    var key: ListKey
    var entry: ListedJobs.Entry
  }

  /// Nil for callers without a home.
  ///
  /// - Parameter query: which jobs are wanted, in the words of the caller's dialect.
  init?(_ site: Site, _ visit: Visit, _ request: JobPageRequest, query: String, _ way: Way) {
    let dialect = visit.spoken.codec.dialect
    guard let home = site.homes[dialect.name] else { return nil }
    selects = home.dialect.name != dialect.name
    guard
      let list = PlatformList(
        home, account: home.part.account ?? visit.parameters.account, ascending: request.ascending,
        query: selects ? "" : query, way)
    else { return nil }
    backend = home
    self.way = way
    self.site = site
    self.visit = visit
    self.request = request
    self.list = list
    isPassedOn = site.passesOn(home, visit)
    isOrdered = home.operation(.list)?.page?.direction != nil
  }

  private var dialect: Dialect { visit.spoken.codec.dialect }

  /// How many jobs there are; nil as long as nobody knows.
  private(set) var total: Int?
  private var seen = 0

  /// Turns to the next page.
  private mutating func turn() async -> Fault? {
    next = 0
    switch await list.next() {
    case .failure(let failure): return failure.fault
    case .success(let found): page = found
    }
    guard let page else {
      total = total ?? seen
      return nil
    }
    if total == nil { total = selects ? nil : list.total(page) }
    let job = Job()
    let ids = page.ranges.compactMap { range in
      list.identify(range, of: page, into: job) ?? (list.read(range, of: page, into: job) ? job.text(.id) : nil)
    }
    for id in ids { if let number = Int64(id) { site.core.rows.note(number, in: dialect.name) } }
    switch await names(ids) {
    case .failure(let fault): return fault
    case .success(let found): renamed = found
    }
    return nil
  }

  /// What jobs are called here whose ids cannot be said, or are taken.
  private mutating func names(_ ids: [String]) async -> Result<[String: Int64], Fault> {
    let known = await Front.look { () async throws(LedgerFault) -> (found: [String: Int64], taken: [String]) in
      try await site.catalogue(ids, of: backend)
      guard site.core.rows.hasBegun(dialect) else { return ([:], []) }
      let found = try await site.ledger.numbers(in: dialect.name, backend: backend.number, ids: ids)
      var taken: [String] = []
      for id in ids where found[id] == nil {
        guard let number = Int64(id), try await site.ledger.job(numbered: number, in: dialect.name) != nil else {
          continue
        }
        taken.append(id)
      }
      return (found, taken)
    }
    switch known {
    case .failure(let fault): return .failure(fault)
    case .success(var known):
      for id in known.taken {
        // Made at home, past the gateway, under a number that had been given: it gets the next one.
        switch await site.find(.home(backend, id), visit, way) {
        case .success(let stored?): known.found[id] = stored.rowNumbers[dialect.name]
        case .success(nil), .failure: doubtful.insert(id)
        }
      }
      return .success(known.found)
    }
  }

  /// Sees to it that the next job is here, if there is one.
  mutating func fill() async -> Fault? {
    if !hasBegun {
      hasBegun = true
      if let fault = await turn() { return fault }
    }
    while head == nil, let current = page {
      guard next < current.ranges.count else {
        if let fault = await turn() { return fault }
        continue
      }
      let range = current.ranges[next]
      next += 1
      let job = Job()
      guard list.read(range, of: current, into: job), let id = job.text(.id) else { return backend.nonsense.fault }
      guard isWanted(job), !doubtful.contains(id) else { continue }
      seen += 1
      head = isPassedOn ? passed(range, of: current, id, job) : rewritten(job, id)
      if head == nil { return backend.nonsense.fault }
    }
    return nil
  }

  /// What the home was not asked to leave out, because it speaks another dialect.
  private func isWanted(_ job: Job) -> Bool {
    guard selects else { return true }
    if let phases = request.phases, !phases.contains(job.phase ?? .unknown) { return false }
    guard let since = request.since else { return true }
    return (job.integer(.changed) ?? job.integer(.entered) ?? job.integer(.created) ?? .max) >= since
  }

  private func passed(_ range: Range<Int>, of page: PlatformList.Page, _ id: String, _ job: Job) -> Head? {
    guard let document = list.document else { return nil }
    let own = renamed[id].map { backend.spelt("\($0)") }
    let names = site.names(ofHome: backend, id: backend.spelt(id), calledHere: own, visit)
    if let number = renamed[id] { job.set(.id, text: "\(number)") }
    let spliced = page.body.withUnsafeBytes {
      Splicing(document).splice(UnsafeRawBufferPointer(rebasing: $0[range]), names)
    }
    return spliced.map { Head(key: ListKey(job, by: request.order), entry: .passed($0)) }
  }

  private func rewritten(_ job: Job, _ id: String) -> Head {
    job.set(.id, text: renamed[id].map { "\($0)" } ?? site.outwardID(ofHome: backend, id, in: dialect) ?? id)
    backend.rename(job)
    return Head(key: ListKey(job, by: request.order), entry: .seen(document: site.hub.bytes(job)))
  }

  /// The next job's place in the list; nil when there is none. Where the home has no order, its jobs come first.
  var key: ListKey? { isOrdered ? head?.key : nil }

  /// The next job; nil when there is none.
  mutating func take() -> ListedJobs.Entry? {
    defer { head = nil }
    return head?.entry
  }
}
