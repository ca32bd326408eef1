import JobModel
import Mapping
import Transport
import Wire

/// What a platform's answers say, in the hub's words.
extension Backend {
  /// Reads an answer's document into `job`. False when it is none.
  func read(_ answer: Messenger.Answer, as document: String?, into job: Job) -> Bool {
    guard let document, let reader = codec.reader(document) else { return false }
    return answer.body.withUnsafeBytes { (try? reader.read($0, into: job)) != nil }
  }

  /// The platform's id in the answer to a submit; nil when it says none.
  func id(in answer: Messenger.Answer, of operation: Operation) -> String? {
    let job = Job()
    guard read(answer, as: operation.document, into: job) else { return nil }
    return job.text(.id).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The platform's id as it stands in its paths.
  func spelt(_ id: String) -> String { dialect.outerID(id, codec.ids) ?? id }

  /// A job as its platform has it now.
  struct Seen: Sendable {
    /// A canonical document.
    var document: [UInt8]
    /// What the platform said, word for word, by operation.
    var raw: [Operation.Kind: [UInt8]]
  }

  /// What the platform knows of a job now.
  ///
  /// - Parameters:
  ///   - wantsNodes: whether somebody will look at them; what decides the outcome is always asked for.
  ///   - queries: what is asked beside the path, by operation.
  func look(
    at target: Target, wantsNodes: Bool, hub: Hub, queries: [Operation.Kind: String] = [:], _ way: Way
  ) async -> Result<Seen, CallFault> {
    guard let get = operation(.get) else {
      return .failure(CallFault(fault: Fault(.unsupported, "\(name) shows no jobs"), sent: .no))
    }
    let nodes = operation(.nodes)
    let asked = queries[.nodes] ?? ""
    async let early = nodes.asyncFlatMap { wantsNodes ? await call($0, target, query: asked, way) : nil }
    let answer: Messenger.Answer
    switch await call(get, target, query: queries[.get] ?? "", way) {
    case .failure(let fault):
      _ = await early
      return .failure(fault)
    case .success(let found): answer = found
    }
    var second = await early
    let job = Job()
    var seen = Seen(document: [], raw: [.get: answer.body])
    guard read(answer, as: get.document, into: job) else { return .failure(nonsense) }
    if let nodes, job.phase?.isOver ?? false, !isOver(second, nodes) {
      second = await call(nodes, target, query: asked, way)
    }
    switch second {
    case .failure(let fault): return .failure(fault)
    case .success(let found):
      guard read(found, as: nodes?.document, into: job) else { return .failure(nonsense) }
      seen.raw[.nodes] = found.body
    case nil: break
    }
    guard job.phase != nil else { return .failure(nonsense) }
    rename(job)
    seen.document = hub.bytes(job)
    return .success(seen)
  }

  /// Calls the nodes that a platform tells of by their names here.
  func rename(_ job: Job) {
    guard !part.nodes.isEmpty, var runs = job.nodeRuns else { return }
    for index in runs.indices { runs[index].name = part.nodes.here(runs[index].name) }
    job.nodeRuns = runs
  }

  /// Whether nodes that were read beside a job that is over are so, too: they may have been read before its end.
  private func isOver(_ nodes: Result<Messenger.Answer, CallFault>?, _ operation: Operation) -> Bool {
    guard case .success(let answer)? = nodes else { return false }
    let job = Job()
    return read(answer, as: operation.document, into: job) && job.nodeRuns?.allSatisfy(\.phase.isOver) ?? false
  }

  var nonsense: CallFault {
    CallFault(fault: Fault(.backendNonsense, "\(name) gives no answer that can be understood"), sent: .maybe)
  }
}

extension Optional where Wrapped: Sendable {
  /// Like `flatMap`, for what takes its time.
  func asyncFlatMap<T: Sendable>(_ body: @Sendable (Wrapped) async -> T?) async -> T? {
    if let self { await body(self) } else { nil }
  }
}
