import Mapping
import Telemetry
import Transport
import Wire

/// A look at a job that its platform is asked for on the event loop itself: no task, no other thread, no lock.
///
/// The calls go out side by side. When all of them say what they said the last time, the answer follows at once. Whatever
/// else has come is handed to `Refreshing`, which reads it, learns from it and waits for the disk. Reused by its loop.
final class Look: Receiver {
  /// Who asks for what.
  struct Question {
    let front: Front
    let visit: Visit
    let wants: Front.Wants
    let watched: Watched
    let backend: Backend
    let wantsNodes: Bool
    let handle: Handle
  }

  private enum Part: Int { case job, nodes }

  private unowned let loop: Front.LoopState
  private var question: Question?
  private var begun: UInt64 = 0
  private var open = 0
  /// What has come, if it was not the same as before.
  private var job: Result<Messenger.Answer, Backend.CallFault>?
  private var nodes: Result<Messenger.Answer, Backend.CallFault>?

  init(_ loop: Front.LoopState) { self.loop = loop }

  /// Asks. False when this cannot be done from an event loop.
  func begin(
    _ front: Front, _ visit: Visit, _ wants: Front.Wants, _ watched: Watched, _ exchange: Exchange
  ) -> Bool {
    let stored = watched.stored
    guard wants.query.isEmpty, let backend = front.site.backends[stored.backend], let get = backend.watching.get,
      let upstream = backend.upstream(loop.lane), let targets = targets(watched, backend)
    else { return false }
    let nodes = visit.act.showsNodes ? backend.watching.nodes : nil
    let question = Question(
      front: front, visit: visit, wants: wants, watched: watched, backend: backend, wantsNodes: nodes != nil,
      handle: exchange.hold())
    self.question = question
    begun = front.site.core.instruments.ticks()
    open = nodes == nil ? 1 : 2
    send(.job, get, targets.job, upstream, visit.passage.trace)
    if let nodes, let path = targets.nodes { send(.nodes, nodes, path, upstream, visit.passage.trace) }
    return true
  }

  /// The paths at the platform; nil when it has no such ids.
  private func targets(_ watched: Watched, _ backend: Backend) -> (job: String, nodes: String?)? {
    if let known = watched.targets { return known }
    let stored = watched.stored
    guard let id = stored.backendID, let get = backend.watching.get?.operation else { return nil }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    guard let job = backend.path(get, target) else { return nil }
    var nodes: String?
    if let operation = backend.watching.nodes?.operation {
      guard let path = backend.path(operation, target) else { return nil }
      nodes = path
    }
    watched.targets = (job, nodes)
    return watched.targets
  }

  private func send(
    _ part: Part, _ errand: Backend.Errand, _ target: String, _ upstream: Upstream, _ trace: TraceContext
  ) {
    let call = upstream.take()
    call.begin("GET", target)
    for (name, value) in errand.headers {
      name.withUnsafeBytes { name in value.withUnsafeBytes { call.header(name: name, value: $0) } }
    }
    withUnsafeTemporaryAllocation(byteCount: TraceContext.size, alignment: 1) { place in
      trace.write(to: place)
      call.header("traceparent", UnsafeRawBufferPointer(place))
    }
    upstream.send(call, to: self, tag: part.rawValue)
  }

  func answered(_ call: Call, tag: Int) {
    guard let question, let part = Part(rawValue: tag) else { return }
    let errand = question.backend.watching[part == .nodes]
    let last = question.watched.stored.answers
    let isSame = (200..<300).contains(call.status) && call.body.isSame(as: part == .job ? last?.job : last?.nodes)
    if isSame, let errand {
      loop.shard.add(errand.answered)
    } else {
      came(.success(Messenger.Answer(call)), part, question)
    }
    ended(question)
  }

  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    guard let question, let part = Part(rawValue: tag) else { return }
    came(.failure(fault), part, question)
    ended(question)
  }

  private func came(_ result: Result<Messenger.Answer, UpstreamFault>, _ part: Part, _ question: Question) {
    guard let errand = question.backend.watching[part == .nodes] else { return }
    let said = question.backend.understood(result, errand.operation)
    question.backend.count(said, errand.operation)
    if part == .job { job = said } else { nodes = said }
  }

  /// A call is over; with the last one, so is the look.
  private func ended(_ question: Question) {
    let site = question.front.site
    loop.shard.observe(
      question.backend.duration, nanoseconds: Int64(clamping: site.core.instruments.ticks() &- begun))
    open -= 1
    guard open == 0 else { return }
    let (job, nodes) = (job, nodes)
    (self.question, self.job, self.nodes) = (nil, nil, nil)
    loop.looks.append(self)
    if job == nil, nodes == nil {
      question.handle.resumeHere { exchange in question.front.answer(question, exchange, loop) }
    } else {
      goOn(question, job, nodes)
    }
  }

  /// Something is new.
  private func goOn(
    _ question: Question, _ job: Result<Messenger.Answer, Backend.CallFault>?,
    _ nodes: Result<Messenger.Answer, Backend.CallFault>?
  ) {
    let last = question.watched.stored.answers
    func heard(
      _ came: Result<Messenger.Answer, Backend.CallFault>?, _ body: [UInt8]?
    ) -> Result<Messenger.Answer, Backend.CallFault> {
      came ?? .success(Messenger.Answer(status: 200, headers: [], body: body ?? []))
    }
    let heard = Backend.Heard(job: heard(job, last?.job), nodes: question.wantsNodes ? heard(nodes, last?.nodes) : nil)
    let way = Way(trace: question.visit.passage.trace.text, lane: loop.lane)
    question.front.goOn(question, heard, way)
  }
}
