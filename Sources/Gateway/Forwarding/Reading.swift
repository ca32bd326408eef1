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
    /// A canonical document; nil when the platform says the very same as before.
    var document: [UInt8]?
    /// What the platform said, word for word, by operation.
    var raw: [Operation.Kind: [UInt8]]

    /// What was said of the job and its nodes, to be compared with the next time.
    var said: Answers?
  }

  /// What a platform said of a job.
  struct Answers: Sendable, Equatable {
    var job: LastAnswer
    var nodes: LastAnswer?
    /// As long as the job's document says the same, so does that of its nodes.
    var tellsOfNodes = false

    /// Bytes.
    var weight: Int { job.body.count + (nodes?.body.count ?? 0) }
  }

  /// Where it said that: asked for the job, or in a list.
  enum Said: Sendable {
    case answers(Answers)
    case entry(LastAnswer)
  }

  /// What has come of the calls for a job and its nodes; of nodes nil when they have not been asked for.
  struct Heard: Sendable {
    var job: Result<Messenger.Answer, CallFault>
    var nodes: Result<Messenger.Answer, CallFault>?
  }

  /// What the platform knows of a job now.
  ///
  /// - Parameters:
  ///   - wantsNodes: whether somebody will look at them; what decides the outcome is always asked for.
  ///   - queries: what is asked beside the path, by operation.
  ///   - last: what was said the last time and is known; the same again is not read again.
  ///   - heard: what has come already.
  func look(
    at target: Target, wantsNodes: Bool, hub: Hub, queries: [Operation.Kind: String] = [:], last: Answers? = nil,
    heard: Heard? = nil, _ way: Way
  ) async -> Result<Seen, CallFault> {
    guard let get = operation(.get) else {
      return .failure(CallFault(fault: Fault(.unsupported, "\(name) shows no jobs"), sent: .no))
    }
    let nodes = operation(.nodes)
    let asked = queries[.nodes] ?? ""
    let heard = if let heard { heard } else { await ask(get, target, wantsNodes: wantsNodes, queries, way) }
    var second = heard.nodes
    let answer: Messenger.Answer
    switch heard.job {
    case .failure(let fault): return .failure(fault)
    case .success(let found): answer = found
    }
    let job = Job()
    var seen = Seen(document: nil, raw: [.get: answer.body])
    if let last, isSame(answer, second, wantsNodes: wantsNodes && nodes != nil, last) {
      if case .success(let found)? = second { seen.raw[.nodes] = found.body }
      return await beside(queries, target, way, &seen).map { .failure($0) } ?? .success(seen)
    }
    let start = job.arena.bytes.count
    guard read(answer, as: get.document, into: job) else { return .failure(nonsense) }
    var said = Answers(job: LastAnswer(answer.body, job, start..<start + answer.body.count))
    if second == nil, wantsNodes, let nodes { second = await call(nodes, target, query: asked, way) }
    if let nodes, job.phase?.isOver ?? false, !isOver(second, nodes) {
      second = await call(nodes, target, query: asked, way)
    }
    switch second {
    case .failure(let fault): return .failure(fault)
    case .success(let found):
      let start = job.arena.bytes.count
      guard read(found, as: nodes?.document, into: job) else { return .failure(nonsense) }
      seen.raw[.nodes] = found.body
      said.nodes = LastAnswer(found.body, job, start..<start + found.body.count)
      said.tellsOfNodes = tellsOfNodes(answer, get, job)
    case nil: break
    }
    guard job.phase != nil else { return .failure(nonsense) }
    seen.said = said
    rename(job)
    seen.document = hub.bytes(job)
    return await beside(queries, target, way, &seen).map { .failure($0) } ?? .success(seen)
  }

  /// Asks for a job and, side by side with it, for its nodes.
  private func ask(
    _ get: Operation, _ target: Target, wantsNodes: Bool, _ queries: [Operation.Kind: String], _ way: Way
  ) async -> Heard {
    let nodes = wantsNodes ? operation(.nodes) : nil
    async let second = nodes.asyncFlatMap { await call($0, target, query: queries[.nodes] ?? "", way) }
    let first = await call(get, target, query: queries[.get] ?? "", way)
    return Heard(job: first, nodes: await second)
  }

  /// Asks for other documents about the job that are passed on as they are.
  private func beside(
    _ queries: [Operation.Kind: String], _ target: Target, _ way: Way, _ seen: inout Seen
  ) async -> CallFault? {
    for (kind, query) in queries where seen.raw[kind] == nil {
      guard let operation = operation(kind), kind != .nodes else { continue }
      switch await call(operation, target, query: query, way) {
      case .failure(let fault): return fault
      case .success(let found): seen.raw[kind] = found.body
      }
    }
    return nil
  }

  private func isSame(
    _ job: Messenger.Answer, _ nodes: Result<Messenger.Answer, CallFault>?, wantsNodes: Bool, _ last: Answers
  ) -> Bool {
    guard job.body.withUnsafeBytes({ last.job.isRepeated(by: $0) }) else { return false }
    if !wantsNodes || nodes == nil && last.nodes != nil && last.tellsOfNodes { return true }
    guard case .success(let nodes)? = nodes else { return false }
    return nodes.body.withUnsafeBytes { last.nodes?.isRepeated(by: $0) ?? false }
  }

  /// Whether the nodes of a job say nothing new for as long as the job's own document does not.
  private func tellsOfNodes(_ answer: Messenger.Answer, _ get: Operation, _ job: Job) -> Bool {
    guard let document = get.document else { return false }
    return answer.body.withUnsafeBytes { codec.countsNodes($0, as: document, of: job) }
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
