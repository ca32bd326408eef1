import JobModel
import Mapping
import Wire

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
  /// Jobs that are under way as far as the gateway knows, and of which the list has not told yet: id there to number.
  private var waiting: [String: Int64] = [:]
  private var hasBegun = false
  /// Jobs that are over, the list does not say how.
  private var ended: Set<Int64> = []
  private var pages = 0

  /// Pages that are read for one request.
  private static let most = 200

  init(_ site: Site, _ backend: Backend, _ key: Key, ascending: Bool, _ way: Way) {
    self.site = site
    self.backend = backend
    list = PlatformList(backend, account: backend.part.account ?? key.scope, ascending: ascending, way)
  }

  /// Takes in what the list says of these jobs, and of others that it tells of on the way. Answers those of which it says
  /// nothing, or not enough: an end is only known with its nodes, where the platform has any.
  mutating func learn(of jobs: [Stored]) async -> [Stored] {
    if !hasBegun {
      hasBegun = true
      waiting = await site.store.open(on: backend.number)
    }
    while pages < Self.most, jobs.contains(where: { $0.backendID.map { waiting[$0] != nil } ?? false }) {
      // A platform that does not answer now is not asked for each job alone.
      guard case .success(let next) = await list?.next() else { return jobs.filter { ended.contains($0.number) } }
      guard let page = next else { break }
      pages += 1
      await take(page)
    }
    return jobs.filter { job in ended.contains(job.number) || job.backendID.map { waiting[$0] != nil } ?? true }
  }

  private mutating func take(_ page: PlatformList.Page) async {
    guard let list else { return }
    let job = Job()
    var learned: [(number: Int64, document: [UInt8], entry: LastAnswer)] = []
    for range in page.ranges {
      if let id = list.identify(range, of: page, into: job) {
        guard let number = waiting[id] else { continue }
        if isKnown(range, of: page, number) {
          waiting[id] = nil
          continue
        }
      }
      guard list.read(range, of: page, into: job), let id = job.text(.id), let phase = job.phase,
        let number = waiting.removeValue(forKey: id)
      else { continue }
      if phase.isOver, phase == .ended || phase == .unknownOver || !list.isWhole {
        ended.insert(number)
      } else {
        let entry = LastAnswer(Array(page.body[range]), job, 0..<range.count)
        backend.rename(job)
        learned.append((number, site.hub.bytes(job), entry))
      }
    }
    let store = site.store
    // Where there are no nodes to ask, the job's phase speaks for them, in a list as elsewhere.
    let speaks = backend.operation(.nodes) == nil
    await withTaskGroup(of: Void.self) { group in
      for (number, document, entry) in learned {
        group.addTask { _ = await store.learn(number, document, speaksForNodes: speaks, .entry(entry)) }
      }
    }
  }

  /// Whether the list says the very same as the last time.
  private func isKnown(_ range: Range<Int>, of page: PlatformList.Page, _ number: Int64) -> Bool {
    page.body.withUnsafeBytes {
      site.snapshots[number]?.entry?.isRepeated(by: UnsafeRawBufferPointer(rebasing: $0[range])) ?? false
    }
  }
}
