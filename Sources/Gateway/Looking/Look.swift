import Mapping
import Telemetry
import Transport
import Wire

/// A look at a job that its platform is asked for on the event loop itself: no task, no other thread, no lock.
///
/// The calls go out side by side. When all of them say what they said the last time, the answer follows at once. Whatever
/// else has come is handed to `Refreshing`, which reads it, learns from it and waits for the disk. Reused by its loop.
final class Look: Receiver {
  /// Who asks for what, while it is under way.
  private var visit: Visit?
  private var wants: Front.Wants?
  private var watched: Watched?
  private var backend: Backend?
  private var handle: Handle?
  /// Held while calls are under way: the configuration may have changed and the client have gone by the time they end.
  private var front: Front?
  private var loop: Front.LoopState?
  private var begun: UInt64 = 0
  private var open = 0
  private var wantsNodes = false
  /// What has come, if it was not the same as before.
  private var job: Result<Messenger.Answer, Backend.CallFault>?
  private var nodes: Result<Messenger.Answer, Backend.CallFault>?

  private enum Part: Int { case job, nodes }

  /// Asks. False when this cannot be done from an event loop.
  func begin(
    _ front: Front, _ loop: Front.LoopState, _ visit: Visit, _ wants: Front.Wants, _ watched: Watched,
    _ exchange: Exchange
  ) -> Bool {
    guard wants.query.isEmpty, let backend = front.site.backends[watched.snapshot.stored.backend],
      let get = backend.watching.get, let upstream = backend.upstream(loop.lane),
      let targets = watched.targets(backend)
    else { return false }
    let nodes = visit.act.showsNodes ? backend.watching.nodes : nil
    self.front = front
    self.loop = loop
    self.visit = visit
    self.wants = wants
    self.watched = watched
    self.backend = backend
    wantsNodes = nodes != nil
    handle = exchange.hold()
    begun = front.site.core.instruments.ticks()
    open = nodes == nil ? 1 : 2
    send(.job, get, targets.job, upstream, visit.passage.trace)
    if let nodes, let path = targets.nodes { send(.nodes, nodes, path, upstream, visit.passage.trace) }
    return true
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
    guard let part = Part(rawValue: tag), let errand = errand(part) else { return }
    if (200..<300).contains(call.status), isSame(call.body, part) {
      loop?.shard.add(errand.answered)
    } else {
      came(.success(Messenger.Answer(call)), part, errand)
    }
    ended()
  }

  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    guard let part = Part(rawValue: tag), let errand = errand(part) else { return }
    came(.failure(fault), part, errand)
    ended()
  }

  private func errand(_ part: Part) -> Backend.Errand? {
    part == .job ? backend?.watching.get : backend?.watching.nodes
  }

  private func isSame(_ body: UnsafeRawBufferPointer, _ part: Part) -> Bool {
    part == .job
      ? body.isSame(as: watched?.snapshot.stored.answers?.job)
      : body.isSame(as: watched?.snapshot.stored.answers?.nodes)
  }

  private func came(_ result: Result<Messenger.Answer, UpstreamFault>, _ part: Part, _ errand: Backend.Errand) {
    guard let backend else { return }
    let said = backend.understood(result, errand.operation)
    backend.count(said, errand.operation)
    if part == .job { job = said } else { nodes = said }
  }

  /// A call is over; with the last one, so is the look.
  private func ended() {
    guard let backend, let front, let loop else { return }
    let ticks = front.site.core.instruments.ticks()
    loop.shard.observe(backend.duration, nanoseconds: Int64(clamping: ticks &- begun))
    open -= 1
    guard open == 0, let visit = visit.take(), let wants = wants.take(), let watched = watched.take(),
      let handle = handle.take()
    else { return }
    let (job, nodes) = (job.take(), nodes.take())
    (self.backend, self.front, self.loop) = (nil, nil, nil)
    loop.looks.append(self)
    if job == nil, nodes == nil {
      handle.resumeHere { exchange in front.answer(visit, exchange, wants, again: watched, loop) }
      return
    }
    // Something is new.
    let last = watched.snapshot.stored.answers
    func heard(
      _ came: Result<Messenger.Answer, Backend.CallFault>?, _ body: [UInt8]?
    ) -> Result<Messenger.Answer, Backend.CallFault> {
      came ?? .success(Messenger.Answer(status: 200, headers: [], body: body ?? []))
    }
    let all = Backend.Heard(job: heard(job, last?.job), nodes: wantsNodes ? heard(nodes, last?.nodes) : nil)
    front.goOn(
      visit, wants, watched.snapshot.stored, all, handle, Way(trace: visit.passage.trace.text, lane: loop.lane))
  }
}
