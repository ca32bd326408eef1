import JobModel
import Ledger
import Mapping
import Wire

/// Finding out what became of submits that nobody can vouch for: by their marks in the platform's list, else by command,
/// nodes and time. What stays ambiguous stays in doubt, for an operator to settle.
struct Reconciling: Sendable {
  let site: Site

  /// How far a platform's clock may be off, and how long before the intent its job may seem to have been made: milliseconds.
  private static let skew: Int64 = 60_000

  /// Looks after every submit that nobody has in hand. Answers whether there may be some to look after again.
  @discardableResult
  func run() async -> Bool {
    let open: [SubmitIntent]
    do throws(LedgerFault) { open = try await site.ledger.intents(in: [.intended, .sent, .inDoubt]) } catch {
      return true
    }
    for intent in open where !site.core.doubts.isInHand(intent.job) {
      // Whoever had it in hand may have let go of it since the list was read; from now on nobody else changes it.
      guard let now = try? await site.ledger.intent(of: intent.job), now.state != .known, now.state != .settled else {
        continue
      }
      await reconcile(now)
    }
    return !open.isEmpty
  }

  private func reconcile(_ intent: SubmitIntent) async {
    guard intent.state != .intended else {
      // Nothing of it was ever sent.
      return await Sending(site: site).refuse(intent.job, "the gateway ended before it was sent")
    }
    if intent.state == .sent {
      _ = try? await site.ledger.advance(intent.job, to: .inDoubt, at: site.now())
      await site.number(doubt: intent.job, on: intent.backend)
    }
    guard let backend = site.backends[intent.backend], let found = await find(intent, backend) else { return }
    do throws(LedgerFault) {
      if try await site.bind(intent.job, to: found, of: backend.number) {
        site.log.notice(
          "a job in doubt was found", metadata: ["job": "\(intent.job)", "backend": "\(backend.name)"])
      }
    } catch { return }
  }

  /// The platform's id of the one job that this submit can have made.
  private func find(_ intent: SubmitIntent, _ backend: Backend) async -> String? {
    guard let stored = try? await site.store.job(intent.job) else { return nil }
    let asked = Job()
    guard (try? site.hub.load(stored.document, into: asked)) != nil else { return nil }
    try? Rephrasing(site.configuration.phrasebook).rephrase(asked, into: backend.kinds)
    let nodes = asked.texts(.targets)
    let wanted = Wanted(intent, asked, backend, from: intent.at - Self.skew)
    let search = Search(backend: backend, account: backend.part.account ?? stored.scope, way: .ours())
    guard let found = await search.find(wanted) else { return nil }
    if !intent.mark.isEmpty { return found.first }
    var fitting: [String] = []
    for id in found.prefix(20) {
      let known = await Front.look { () async throws(LedgerFault) in
        try await site.ledger.number(backend: backend.number, backendID: id)
      }
      guard case .success(nil) = known, await hasNodes(nodes, id, backend, search.account) else { continue }
      fitting.append(id)
    }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// Whether the platform's job runs on the nodes that were asked for; a request that named none may be any of them.
  private func hasNodes(_ nodes: [String]?, _ id: String, _ backend: Backend, _ account: String) async -> Bool {
    guard let nodes else { return true }
    let target = Backend.Target(account: account, job: backend.spelt(id))
    guard case .success(let seen) = await backend.look(at: target, wantsNodes: true, hub: site.hub, .ours()) else {
      return false
    }
    let job = Job()
    guard seen.document.map({ (try? site.hub.load($0, into: job)) != nil }) ?? false else { return false }
    return Set(job.nodeRuns?.map(\.name) ?? job.texts(.targets) ?? []) == Set(nodes)
  }
}

/// What a job in doubt would look like in its platform's list.
struct Wanted: Sendable {
  let mark: String
  private let carrier: (field: Field, name: String)?
  private let kind: WorkKind?
  private let title: String
  /// Milliseconds since 1970: jobs made before are none of ours.
  let from: Int64

  init(_ intent: SubmitIntent, _ asked: Job, _ backend: Backend, from: Int64) {
    mark = intent.mark
    carrier = backend.dialect.carrier.flatMap { carrier in
      Field(name: carrier.field).map { (field: $0, name: carrier.name) }
    }
    kind = asked.kind
    title = asked.kind.map { Rephrasing.intent(asked, $0).name } ?? ""
    self.from = from
  }

  /// Whether an entry of the list may be it.
  func fits(_ entry: Job) -> Bool {
    guard !mark.isEmpty, let carrier else {
      guard (entry.integer(.created) ?? .max) >= from else { return false }
      entry.infer()
      defer { entry.forgetInferred() }
      return entry.kind.map { $0 == kind && Rephrasing.intent(entry, $0).name == title } ?? false
    }
    guard carrier.field.form == .json else { return entry.text(carrier.field) == mark }
    let members = entry.json(carrier.field).flatMap { try? JSON(parsing: $0, duplicates: .lastWins) }
    return members?[carrier.name]?.stringValue == mark
  }
}

/// A search in a platform's list of jobs, page by page, the newest first where the platform can.
struct Search: Sendable {
  let backend: Backend
  let account: String
  let way: Way
  private static let pages = 50

  /// The ids of all that fit; nil when the list cannot be had.
  func find(_ wanted: Wanted) async -> [String]? {
    guard var list = PlatformList(backend, account: account, way) else { return nil }
    var found: [String] = []
    let job = Job()
    for _ in 0..<Self.pages {
      guard case .success(let next) = await list.next() else { return nil }
      guard let page = next else { break }
      var isOld = true
      for range in page.ranges where list.read(range, of: page, into: job) {
        if (job.integer(.created) ?? .max) >= wanted.from { isOld = false }
        if wanted.fits(job), let id = job.text(.id) { found.append(id) }
      }
      guard !isOld, wanted.mark.isEmpty || found.isEmpty else { break }
    }
    return found
  }
}
