import JobModel
import Mapping
import Wire

/// Ending a job that a platform runs.
struct Ending: Sendable {
  let site: Site

  /// Asks the platform to stop the job, and gives it as it then stands.
  func stop(_ stored: Stored, reason: String? = nil, _ way: Way) async -> Result<Stored, Fault> {
    let number = stored.number
    guard let backend = site.backends[stored.backend] else {
      return .failure(Fault(.unsupported, "the platform of job \(number) is not in the configuration any more"))
    }
    guard let operation = backend.operation(.stop) else {
      return .failure(Fault(.unsupported, "\(backend.name) cannot stop a job"))
    }
    guard let id = stored.backendID else {
      return .failure(Fault(.backendSlow, "nobody knows yet whether \(backend.name) has job \(number)"))
    }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    // Whoever looks meanwhile must not be the first to see it stopping, and see no reason.
    if reason != nil { await stopping(number, reason) }
    switch await backend.call(operation, target, body: body(of: operation, id, backend), way) {
    case .failure(let failure) where failure.fault.kind == .alreadyOver: break
    case .failure(let failure): return .failure(failure.fault)
    case .success: await stopping(number, reason)
    }
    let refreshed = await Refreshing(site: site).refresh(
      site.snapshots[number] ?? stored, Refreshing.Wish(nodes: false), way)
    if case .success(let now) = refreshed { return .success(now.stored) }
    return .success(site.snapshots[number] ?? stored)
  }

  private func stopping(_ number: Int64, _ reason: String?) async {
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.stopping, reason: reason)))
    await site.store.settle()
  }

  /// The body of a stop that names the job there.
  private func body(of operation: Operation, _ id: String, _ backend: Backend) -> [UInt8] {
    guard let document = operation.reads, let writer = backend.codec.writer(document, profile: backend.profile) else {
      return []
    }
    let job = Job()
    job.set(.id, text: id)
    let output = Output(capacity: 128)
    writer.write(job, to: output)
    return Array(output.written)
  }
}
