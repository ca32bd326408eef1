import JobModel
import Ledger
import Mapping

/// The jobs of a list in the caller's order, portion by portion: those of the ledger, and between them those that the
/// caller's home keeps for itself.
struct ListedJobs: Sendable {
  /// One job of a list.
  enum Entry: Sendable {
    /// As the ledger has it.
    case kept(Snapshot)
    /// As the home has it, a canonical document.
    case seen(document: [UInt8])
    /// As the home has it, word for word but for addresses.
    case passed([UInt8])
  }

  /// What is sent at once.
  struct Portion: Sendable {
    var entries: [Entry]
    var isLast: Bool
    /// How many jobs there are, as far as it is known by now.
    var total: Int?
  }

  private let wanted: Listed
  private var kept: KeptJobs
  private var home: HomeJobs?
  private var left = Int.max
  private var skipped = 0

  /// Jobs in a portion.
  static let portion = 256

  /// - Parameter homeQuery: which jobs the caller wants, in the words of its dialect, for its home.
  init(_ site: Site, _ visit: Visit, _ wanted: Listed, homeQuery: String, _ way: Way) {
    self.wanted = wanted
    var request = wanted.request
    home = HomeJobs(site, visit, request, query: homeQuery, way)
    if let home {
      // The home tells of its own jobs.
      request.otherThan = home.backend.number
      skipped = request.offset
      left = request.limit ?? .max
      request.limit = request.limit.map { $0 + request.offset }
      request.offset = 0
    }
    kept = KeptJobs(site, visit, request, way)
  }

  /// How many jobs there are, before offset and limit; nil as long as nobody knows.
  var total: Int? {
    guard let home else { return kept.total }
    guard let theirs = home.total, let ours = kept.total else { return nil }
    return theirs + ours
  }

  /// The next portion.
  mutating func next() async -> Result<Portion, Fault> {
    var entries: [Entry] = []
    if let fault = await kept.fill() { return .failure(fault) }
    while entries.count < Self.portion, left > 0 {
      let next: Entry?
      switch await merged() {
      case .failure(let fault): return .failure(fault)
      case .success(let found): next = found
      }
      guard let next else { return .success(Portion(entries: entries, isLast: true, total: total)) }
      guard skipped == 0 else {
        skipped -= 1
        continue
      }
      left -= 1
      entries.append(next)
    }
    return .success(Portion(entries: entries, isLast: left == 0, total: total))
  }

  /// Whichever comes first.
  private mutating func merged() async -> Result<Entry?, Fault> {
    if let fault = await kept.fill() { return .failure(fault) }
    guard home != nil else { return .success(kept.take()) }
    if let fault = await home?.fill() { return .failure(fault) }
    guard let theirs = home?.key, let ours = kept.key(wanted.request.order) else {
      return .success(home?.take() ?? kept.take())
    }
    let isTheirs = wanted.request.ascending ? theirs <= ours : ours <= theirs
    return .success(isTheirs ? home?.take() : kept.take())
  }
}

/// Where in a list a job stands.
struct ListKey: Comparable {
  private var number: Int64 = 0
  private var text = ""

  /// By what the caller wants the list sorted; the job's id is the one that the caller knows.
  init(_ job: Job, by order: JobPageRequest.Order) {
    switch order {
    case .number: number = job.text(.id).flatMap { Int64($0) } ?? .max
    case .created: number = job.integer(.created) ?? 0
    case .changed: number = job.integer(.changed) ?? job.integer(.entered) ?? job.integer(.created) ?? 0
    case .principal: text = job.text(.owner) ?? ""
    case .phase: text = job.phase?.name ?? ""
    case .environment: text = job.text(.environment) ?? ""
    }
  }

  static func < (one: ListKey, other: ListKey) -> Bool { (one.number, one.text) < (other.number, other.text) }
}
