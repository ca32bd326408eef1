import JobModel
import Mapping

/// What a platform's own list says of jobs that were open: one answer for hundreds of jobs, read as far as it is needed.
struct News: Sendable {
  /// Whose list it is.
  struct Key: Hashable, Sendable {
    let backend: Int64
    let scope: String

    init(_ stored: Stored) {
      backend = stored.backend
      scope = stored.scope
    }
  }

  private let site: Site
  private let backend: Backend
  private var list: PlatformList?
  /// Ids of jobs that the list has as being under way.
  private var open: Set<String> = []
  private var pages = 0

  /// Pages that are read for one request.
  private static let most = 200

  init(_ site: Site, _ backend: Backend, _ key: Key, ascending: Bool, _ way: Way) {
    self.site = site
    self.backend = backend
    list = PlatformList(backend, account: backend.part.account ?? key.scope, ascending: ascending, way)
  }

  /// Takes in what the list says of these jobs. Answers those of which it says nothing, or not enough: an end is only
  /// known with its nodes, where the platform has any.
  mutating func learn(of jobs: [Stored]) async -> [Stored] {
    var left = Dictionary(jobs.compactMap { job in job.backendID.map { ($0, job) } }, uniquingKeysWith: { $1 })
    left = left.filter { !open.contains($0.key) }
    var ended: [Stored] = []
    while !left.isEmpty, pages < Self.most, list != nil {
      // A platform that does not answer now is not asked for each job alone.
      guard case .success(let next) = await list?.next() else { return ended }
      guard let page = next else { break }
      pages += 1
      ended += await take(page, &left)
    }
    return ended + left.values
  }

  /// Reads a page; answers the jobs that it says to be over without saying how.
  private mutating func take(_ page: PlatformList.Page, _ left: inout [String: Stored]) async -> [Stored] {
    guard let list else { return [] }
    let job = Job()
    var ended: [Stored] = []
    var learned: [(number: Int64, document: [UInt8])] = []
    for range in page.ranges where list.read(range, of: page, into: job) {
      guard let id = job.text(.id), let phase = job.phase else { continue }
      if !phase.isOver { open.insert(id) }
      guard let stored = left.removeValue(forKey: id) else { continue }
      if phase.isOver, phase == .ended || phase == .unknownOver || !list.isWhole {
        ended.append(stored)
      } else {
        backend.rename(job)
        learned.append((stored.number, site.hub.bytes(job)))
      }
    }
    let store = site.store
    await withTaskGroup(of: Void.self) { group in
      for (number, document) in learned {
        group.addTask { _ = await store.learn(number, document, speaksForNodes: false) }
      }
    }
    return ended
  }
}
