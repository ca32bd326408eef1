import Mapping
import Telemetry
import Transport
import Wire

/// A look at a job that its platform is asked for on the event loop itself: no task, no other thread, no lock.
///
/// The calls go out side by side; where the job's document says enough of its nodes, they are asked for only when it says
/// something new. When nothing but what was said the last time has come, the answer follows at once. Whatever else has come
/// is handed to `Refreshing`, which reads it, learns from it and waits for the disk. Reused by its loop.
final class Look: Receiver {
  /// Who asks for what, while it is under way.
  private var poll: Poll?
  private var passage: Passage?
  private var handle: Handle?
  /// Held while calls are under way: the configuration may have changed and the client have gone by the time they end.
  private var front: Front?
  private var loop: Front.LoopState?
  private var begun: UInt64 = 0
  private var open = 0
  /// What has come, if it was not the same as before.
  private var job: Result<Messenger.Answer, Backend.CallFault>?
  private var nodes: Result<Messenger.Answer, Backend.CallFault>?
  /// What is to be passed on, if it is not word for word what came before.
  private var raw: [UInt8]?

  private enum Part: Int { case job, nodes }

  /// Asks. False when this cannot be done from an event loop.
  func begin(
    _ front: Front, _ loop: Front.LoopState, _ poll: Poll, _ passage: Passage, _ exchange: Exchange
  ) -> Bool {
    guard let upstream = poll.backend.upstream(loop.lane) else { return false }
    self.front = front
    self.loop = loop
    self.poll = poll
    self.passage = passage
    handle = exchange.hold()
    begun = passage.checked
    open = 1
    send(.job, poll.calls.job, upstream, passage.trace)
    if poll.nodes != nil, !poll.jobTellsAll, let nodes = poll.calls.nodes {
      open = 2
      send(.nodes, nodes, upstream, passage.trace)
    }
    return true
  }

  private func send(_ part: Part, _ prepared: PreparedCall, _ upstream: Upstream, _ trace: TraceContext) {
    let call = upstream.take()
    call.begin(prepared)
    withUnsafeTemporaryAllocation(byteCount: TraceContext.size, alignment: 1) { place in
      trace.write(to: place)
      call.passingHeader("traceparent", UnsafeRawBufferPointer(place))
    }
    upstream.send(call, to: self, tag: part.rawValue)
  }

  func answered(_ call: Call, tag: Int) {
    guard let poll, let part = Part(rawValue: tag), let errand = errand(part, poll) else { return }
    if (200..<300).contains(call.status), isRepeated(call.body, part, poll) {
      loop?.shard.add(errand.answered)
    } else {
      came(.success(Messenger.Answer(call)), part, errand, poll)
    }
    ended(poll)
  }

  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    guard let poll, let part = Part(rawValue: tag), let errand = errand(part, poll) else { return }
    came(.failure(fault), part, errand, poll)
    ended(poll)
  }

  private func isRepeated(_ body: UnsafeRawBufferPointer, _ part: Part, _ poll: Poll) -> Bool {
    guard let answers = poll.watched.snapshot.stored.answers, let last = part == .job ? answers.job : answers.nodes,
      last.isRepeated(by: body)
    else { return false }
    // The times that run are the platform's own words, too.
    if poll.passesOn == errand(part, poll)?.operation.kind, !last.isSame(as: body) { raw = Array(body) }
    return true
  }

  private func errand(_ part: Part, _ poll: Poll) -> Backend.Errand? { part == .job ? poll.job : poll.nodes }

  private func came(
    _ result: Result<Messenger.Answer, UpstreamFault>, _ part: Part, _ errand: Backend.Errand, _ poll: Poll
  ) {
    let said = poll.backend.understood(result, errand.operation)
    poll.backend.count(said, errand.operation)
    if part == .job { job = said } else { nodes = said }
  }

  /// A call is over; with the last one, so is the look.
  private func ended(_ poll: Poll) {
    guard let front, let loop else { return }
    let ticks = front.site.core.instruments.ticks()
    loop.shard.observe(poll.backend.duration, nanoseconds: Int64(clamping: ticks &- begun))
    open -= 1
    guard open == 0, let handle = handle.take(), var passage = passage.take() else { return }
    let (job, nodes, raw) = (job.take(), nodes.take(), raw.take())
    (self.poll, self.front, self.loop) = (nil, nil, nil)
    loop.looks.append(self)
    if job == nil, nodes == nil {
      passage.acted = ticks
      handle.resumeHere { exchange in front.answer(poll, passage, exchange, loop, raw) }
      return
    }
    // Something is new.
    let last = poll.watched.snapshot.stored.answers
    func heard(
      _ came: Result<Messenger.Answer, Backend.CallFault>?, _ body: [UInt8]?
    ) -> Result<Messenger.Answer, Backend.CallFault> {
      came ?? .success(Messenger.Answer(status: 200, headers: [], body: body ?? []))
    }
    let hasAsked = poll.nodes != nil && !poll.jobTellsAll
    let all = Backend.Heard(
      job: heard(job, last?.job.body), nodes: hasAsked ? heard(nodes, last?.nodes?.body) : nil)
    front.goOn(poll, all, handle, Way(trace: passage.trace.text, lane: loop.lane), passage)
  }
}
