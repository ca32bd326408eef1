import JobModel
import Mapping
import Wire

/// The list of jobs that a platform keeps, page by page; one page is in memory at a time. A platform without pages gives
/// all of it at once, as far as its `bodyBytes` allow.
struct PlatformList: Sendable {
  let backend: Backend
  let account: String
  private let operation: Operation
  private let entries: Entries
  private let reader: Reader
  private let query: String
  private let pageSize: Int
  private let way: Way
  private var offset = 0
  private var isOver = false

  /// What came in one answer.
  struct Page: Sendable {
    /// The whole answer.
    var body: [UInt8]
    /// Where in it each job's entry stands.
    var ranges: [Range<Int>]
  }

  /// Jobs that are asked for at once, unless the platform wants fewer.
  private static let most = 500

  /// The list of an organization or account; nil when the platform has none.
  ///
  /// - Parameters:
  ///   - ascending: the oldest first, where the platform can choose.
  ///   - query: what is asked beside the page, escaped.
  init?(_ backend: Backend, account: String, ascending: Bool = false, query: String = "", _ way: Way) {
    guard let operation = backend.operation(.list), let name = operation.document,
      let entries = backend.codec.entries(name), let reader = backend.codec.reader(entries.document)
    else { return nil }
    self.backend = backend
    self.account = account
    self.operation = operation
    self.entries = entries
    self.reader = reader
    self.way = way
    pageSize = min(operation.page?.most ?? Self.most, Self.most)
    let direction = operation.page?.direction.map { "\($0)=\(ascending ? "asc" : "desc")" }
    self.query = [query, direction ?? ""].filter { !$0.isEmpty }.joined(separator: "&")
  }

  /// The document of an entry.
  var document: Document? { backend.dialect.documents[entries.document] }

  /// Whether an entry says all that the platform says of a job.
  var isWhole: Bool {
    entries.document == backend.operation(.get)?.document && backend.operation(.nodes) == nil
  }

  /// The next page; nil when there is none.
  mutating func next() async -> Result<Page?, Backend.CallFault> {
    guard !isOver else { return .success(nil) }
    var asked = [query]
    if let limit = operation.page?.limit { asked.append("\(limit)=\(pageSize)") }
    if let name = operation.page?.offset { asked.append("\(name)=\(offset)") }
    let text = asked.filter { !$0.isEmpty }.joined(separator: "&")
    switch await backend.call(operation, Backend.Target(account: account), query: text, way) {
    case .failure(let failure): return .failure(failure)
    case .success(let answer):
      guard let ranges = try? answer.body.withUnsafeBytes(entries.ranges) else { return .failure(backend.nonsense) }
      offset += ranges.count
      isOver = operation.page?.limit == nil || operation.page?.offset == nil || ranges.count < pageSize
      return .success(Page(body: answer.body, ranges: ranges))
    }
  }

  /// Reads an entry into `job`, which is emptied first. False when it is none.
  func read(_ range: Range<Int>, of page: Page, into job: Job) -> Bool {
    job.reset()
    return page.body.withUnsafeBytes {
      (try? reader.read(UnsafeRawBufferPointer(rebasing: $0[range]), into: job)) != nil
    }
  }

  /// The id of an entry's job, in `job`, which is emptied first; nil when it takes reading the entry to know.
  func identify(_ range: Range<Int>, of page: Page, into job: Job) -> String? {
    job.reset()
    let isFound = page.body.withUnsafeBytes {
      reader.identify(UnsafeRawBufferPointer(rebasing: $0[range]), into: job)
    }
    return isFound ? job.text(.id) : nil
  }

  /// How many jobs the list says that there are; nil when it does not say.
  func total(_ page: Page) -> Int? {
    let around = Job()
    guard let name = operation.document, let reader = backend.codec.reader(name),
      page.body.withUnsafeBytes({ (try? reader.read($0, into: around)) != nil })
    else { return nil }
    return around.integer(.total).map { Int($0) }
  }
}
