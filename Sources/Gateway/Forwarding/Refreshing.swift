import JobModel
import Ledger
import Mapping

/// Asking a platform how its jobs are doing. What is over is not asked for again; what cannot be asked is a fault.
struct Refreshing: Sendable {
  let site: Site

  /// The job as it stands now, on disk. A job whose platform is not known any more, or whose id nobody knows yet, stays as
  /// it was last seen.
  func refresh(_ number: Int64, _ stored: Stored, wantsNodes: Bool, _ way: Way) async -> Result<Stored, Fault> {
    guard !stored.isOver, stored.backend != 0, let backend = site.backends[stored.backend], let id = stored.backendID
    else { return .success(stored) }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    switch await backend.look(at: target, wantsNodes: wantsNodes, hub: site.hub, way) {
    case .success(let document):
      let speaks = backend.operation(.nodes) == nil
      return .success(await site.store.learn(number, document, speaksForNodes: speaks) ?? stored)
    case .failure(let failure) where failure.fault.kind == .unknownJob:
      return .success(await forgotten(number, stored, backend))
    case .failure(let failure): return .failure(failure.fault)
    }
  }

  /// Several at a time, a few at once; who cannot be asked stays as it was last seen.
  func refresh(_ jobs: [(number: Int64, stored: Stored)], _ way: Way) async {
    let open = jobs.filter { !$0.stored.isOver && $0.stored.backend != 0 }
    await withTaskGroup(of: Void.self) { group in
      for (index, job) in open.enumerated() {
        if index >= 16 { await group.next() }
        group.addTask { _ = await refresh(job.number, job.stored, wantsNodes: false, way) }
      }
    }
  }

  /// The platform has forgotten a job that it had: it is over, and nobody can say how.
  private func forgotten(_ number: Int64, _ stored: Stored, _ backend: Backend) async -> Stored {
    site.log.warning(
      "the platform knows the job no more", metadata: ["job": "\(number)", "backend": "\(backend.name)"])
    let why = "\(backend.name) knows the job no more"
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.ended, reason: why)))
    await site.store.settle()
    return site.snapshots[number] ?? stored
  }
}
