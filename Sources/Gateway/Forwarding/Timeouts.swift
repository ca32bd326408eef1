import JobModel
import Ledger

/// Run timeouts of jobs whose platform has none: the gateway ends them (emulated). Owed durably, so that a restart changes
/// nothing.
struct Timeouts: Sendable {
  let site: Site

  static let kind = "run-timeout"

  /// What is owed to a job that may run so many seconds.
  static func obligation(_ seconds: Int64, from time: Int64) -> Obligation {
    let seconds = min(max(0, seconds), 1 << 40)
    return Obligation(kind: kind, due: time + seconds * 1000, payload: Array("\(seconds)".utf8))
  }

  /// Sees to one that is due: a job that runs has had its time if it began so long ago.
  func enforce(_ owed: Owed) async {
    guard let found = try? await site.store.job(owed.job), !found.isOver else { return await settle(owed) }
    let way = Way.ours()
    guard case .success(let fresh) = await Refreshing(site: site).refresh(found, Refreshing.Wish(nodes: false), way)
    else { return await later(owed, site.now() + 5000) }
    let stored = fresh.stored
    let job = Job()
    guard !stored.isOver, (try? site.hub.load(stored.document, into: job)) != nil else { return await settle(owed) }
    let seconds = Int64(String(decoding: owed.obligation.payload, as: UTF8.self)) ?? 0
    guard let started = job.integer(.started) else { return await later(owed, site.now() + seconds * 1000) }
    guard site.now() - started >= seconds * 1000 else { return await later(owed, started + seconds * 1000) }
    site.log.warning(
      "job has run out of its time",
      metadata: ["job": "\(owed.job)", "backend": "\(site.core.backendName(stored.backend))", "seconds": "\(seconds)"])
    switch await Ending(site: site).stop(stored, reason: Job.outOfTime, way) {
    case .success: await settle(owed)
    case .failure(let fault) where fault.kind == .unsupported: await settle(owed)
    case .failure: await later(owed, site.now() + 5000)
    }
  }

  private func settle(_ owed: Owed) async { _ = try? await site.ledger.settle(Self.kind, of: owed.job) }

  private func later(_ owed: Owed, _ time: Int64) async {
    var next = owed.obligation
    next.due = max(time, site.now() + 1000)
    _ = try? await site.ledger.owe(next, to: owed.job)
  }
}
