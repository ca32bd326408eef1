import JobModel
import Ledger
import Mapping

/// Asking a platform how its jobs are doing. What cannot be asked is a fault.
struct Refreshing: Sendable {
  let site: Site

  /// A job as it stands now, on disk, and what its platform said of it when the caller is to have that word for word.
  struct Fresh: Sendable {
    var stored: Stored
    var raw: [UInt8]?
    /// What its request has lost, where that is known.
    var losses: [Loss]?
  }

  /// What the caller is going to look at.
  struct Wish: Sendable {
    var nodes: Bool
    /// The operation whose answer is passed on as it comes, and what is asked beside its path.
    var raw: Operation.Kind?
    var query = ""
  }

  /// The job as it stands now. What is over is not asked for again, but to be passed on; a job whose platform is not known
  /// any more, or whose id nobody knows yet, stays as it was last seen.
  ///
  /// - Parameter heard: what the platform has said already.
  func refresh(
    _ stored: Stored, _ wish: Wish, heard: Backend.Heard? = nil, _ way: Way
  ) async -> Result<Fresh, Fault> {
    guard stored.backend != 0, let backend = site.backends[stored.backend], let id = stored.backendID else {
      return .success(Fresh(stored: stored))
    }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    if stored.isOver { return .success(Fresh(stored: stored, raw: await again(target, wish, backend, way))) }
    let queries = wish.raw.map { [$0: wish.query] } ?? [:]
    let seen = await backend.look(
      at: target, wantsNodes: wish.nodes, hub: site.hub, queries: queries, last: stored.answers, heard: heard, way)
    switch seen {
    case .success(let seen):
      guard let document = seen.document else {
        return .success(
          Fresh(stored: site.snapshots[stored.number] ?? stored, raw: wish.raw.flatMap { seen.raw[$0] }))
      }
      let speaks = backend.operation(.nodes) == nil
      let said = seen.said.map { Backend.Said.answers($0) }
      let now = await site.store.learn(stored.number, document, speaksForNodes: speaks, said) ?? stored
      return .success(Fresh(stored: now, raw: wish.raw.flatMap { seen.raw[$0] }))
    case .failure(let failure) where failure.fault.kind == .unknownJob:
      return .success(Fresh(stored: await forgotten(stored, backend)))
    case .failure(let failure): return .failure(failure.fault)
    }
  }

  /// What the platform still says of a job that is over; nil when it does not, and the ledger speaks.
  private func again(_ target: Backend.Target, _ wish: Wish, _ backend: Backend, _ way: Way) async -> [UInt8]? {
    guard let kind = wish.raw, let operation = backend.operation(kind),
      case .success(let answer) = await backend.call(operation, target, query: wish.query, way)
    else { return nil }
    return answer.body
  }

  /// Several at a time, a few at once; who cannot be asked stays as it was last seen.
  func refresh(_ jobs: [Stored], _ way: Way) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, job) in jobs.enumerated() {
        if index >= 16 { await group.next() }
        group.addTask { _ = await refresh(job, Wish(nodes: false), way) }
      }
    }
  }

  /// The platform has forgotten a job that it had: it is over, and nobody can say how.
  private func forgotten(_ stored: Stored, _ backend: Backend) async -> Stored {
    site.log.warning(
      "the platform knows the job no more", metadata: ["job": "\(stored.number)", "backend": "\(backend.name)"])
    let why = "\(backend.name) knows the job no more"
    await site.store.observe(Observation(job: stored.number, at: site.now(), what: .phase(.ended, reason: why)))
    await site.store.settle()
    return site.snapshots[stored.number] ?? stored
  }
}
