import JobModel
import Ledger

/// The jobs of a list that the ledger has, a portion at a time, as their platforms have them now.
struct KeptJobs: Sendable {
  private let site: Site
  private let visit: Visit
  private let request: JobPageRequest
  private let way: Way
  private var numbers: [Int64] = []
  private var place = 0
  private var portion: [Snapshot] = []
  private var next = 0
  private var news: [News.Key: News] = [:]
  private var hasBegun = false
  /// How many jobs there are, before offset and limit; nil when the list does not say.
  private(set) var total: Int?

  init(_ site: Site, _ visit: Visit, _ request: JobPageRequest, _ way: Way) {
    self.site = site
    self.visit = visit
    self.request = request
    self.way = way
  }

  /// Looks up which jobs there are.
  private mutating func begin() async -> Fault? {
    let request = request
    switch await Front.look({ () async throws(LedgerFault) in try await site.ledger.index(request) }) {
    case .failure(let fault): return fault
    case .success(let index):
      numbers = index.numbers
      total = index.total
      hasBegun = true
      return nil
    }
  }

  /// Sees to it that the next job is here, if there is one.
  mutating func fill() async -> Fault? {
    if !hasBegun, let fault = await begin() { return fault }
    while next >= portion.count, place < numbers.count {
      let end = min(place + ListedJobs.portion, numbers.count)
      let wanted = Array(numbers[place..<end])
      place = end
      next = 0
      switch await load(wanted) {
      case .failure(let fault): return fault
      case .success(let found): portion = found
      }
      let open = portion.lazy.map(\.stored).filter { !$0.isOver && $0.backend != 0 }
      guard !open.isEmpty else { continue }
      await refresh(Array(open))
      switch await load(wanted) {
      case .failure(let fault): return fault
      case .success(let found): portion = found
      }
    }
    return nil
  }

  private func load(_ numbers: [Int64]) async -> Result<[Snapshot], Fault> {
    let dialect = visit.spoken.codec.dialect
    return await Front.look { () async throws(LedgerFault) in
      let found = try await states(numbers)
      guard dialect.countsJobs, let home = site.homes[dialect.name] else { return found }
      // On its way home, a job has no number yet that will stay.
      return found.filter {
        let stored = $0.stored
        return stored.backend != home.number || stored.backendID != nil || stored.rowNumbers[dialect.name] != nil
      }
    }
  }

  /// Jobs as they stand on disk, in this order; what is in memory need not be read.
  private func states(_ numbers: [Int64]) async throws(LedgerFault) -> [Snapshot] {
    let known = site.snapshots.latest(numbers)
    let others = zip(numbers, known).filter { $1 == nil }.map { $0.0 }
    guard !others.isEmpty else { return known.compactMap { $0 } }
    var read: [Int64: Snapshot] = [:]
    for record in try await site.ledger.records(others) { read[record.number] = Snapshot(record) }
    return zip(numbers, known).compactMap { $1 ?? read[$0] }
  }

  /// A few are asked for one by one; of many, the platform's own list tells first.
  private mutating func refresh(_ open: [Stored]) async {
    for (key, jobs) in Dictionary(grouping: open, by: News.Key.init) {
      guard jobs.count > 4, let backend = site.backends[key.backend] else {
        await Refreshing(site: site).refresh(jobs, way)
        continue
      }
      var told = news[key] ?? News(site, backend, key, ascending: request.ascending, way)
      let left = await told.learn(of: jobs)
      news[key] = told
      await Refreshing(site: site).refresh(left, way)
    }
  }

  /// The next job's place in the list; nil when there is none.
  func key(_ order: JobPageRequest.Order) -> ListKey? {
    guard next < portion.count else { return nil }
    let job = Job()
    let stored = portion[next].stored
    guard (try? site.hub.load(stored.document, into: job)) != nil else { return nil }
    job.set(.id, text: site.outwardID(stored, in: visit.spoken.codec.dialect))
    return ListKey(job, by: order)
  }

  /// The next job; nil when there is none.
  mutating func take() -> ListedJobs.Entry? {
    guard next < portion.count else { return nil }
    defer { next += 1 }
    return .kept(portion[next])
  }
}
