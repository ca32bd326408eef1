import JobModel
import Mapping
import Runner

/// What one node printed, wherever it ran.
struct Printed: Sendable {
  var bytes: [UInt8]
  /// What is to be said of it: how much is missing.
  var note: String?
  /// Where it ran.
  var backend: String
  /// The job's number.
  var job: Int64

  static func find(
    _ named: Named, _ channel: OutputChannel, _ visit: Visit, _ way: Way, _ site: Site
  ) async -> Result<Printed, Fault> {
    let stored: Stored
    switch await Front.current(named, visit, way, site) {
    case .failure(let fault): return .failure(fault)
    case .success(let found): stored = found.stored
    }
    let node = visit.parameters.node
    let none = Result<Printed, Fault>.failure(Fault(.unknownOutput, "node \(node) has no output for this job"))
    let job = Job()
    guard (try? site.hub.load(stored.document, into: job)) != nil,
      let run = job.nodeRuns?.first(where: { $0.name == node && $0.phase.isOver })
    else { return none }
    let name = site.core.backendName(stored.backend)
    guard stored.backend != 0 else {
      guard let found = try? await site.runner.output(job: stored.number, node: node, channel: channel) else {
        return none
      }
      return .success(Printed(bytes: found.bytes, note: found.note, backend: name, job: stored.number))
    }
    guard let backend = site.backends[stored.backend], let operation = backend.operation(.output),
      let id = stored.backendID
    else {
      guard let output = run.output else { return none }
      // Where the platform keeps one text, nobody knows of a second channel: it is there, and empty.
      let text = channel == .stdout ? output : ""
      return .success(Printed(bytes: Array(text.utf8), backend: name, job: stored.number))
    }
    let target = Backend.Target(
      account: backend.part.account ?? stored.scope, job: backend.spelt(id),
      node: backend.part.nodes.there(node), channel: channel.rawValue)
    switch await backend.call(operation, target, way) {
    case .success(let answer): return .success(Printed(bytes: answer.body, backend: name, job: stored.number))
    case .failure(let failure):
      return [.unknownJob, .unknownNode].contains(failure.fault.kind) ? none : .failure(failure.fault)
    }
  }
}
