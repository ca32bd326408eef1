import Mapping
import Telemetry
import Transport
import Wire

/// A look at a job that its platform is asked for on the event loop itself: no task, no other thread, no lock.
///
/// The calls go out side by side; where the job's document says enough of its nodes, they are asked for only when it says
/// something new. When nothing but what was said the last time has come, the answer follows at once. Whatever else has come
/// is handed to `Refreshing`, which reads it, learns from it and waits for the disk. Made and reused by its loop.
final class Look: Receiver {
  /// Who asks for what, while it is under way, and on which loop: the configuration may have changed and the client have gone
  /// by the time the calls end.
  private var poll = Held<Poll>()
  private var loop = Held<Front.LoopState>()
  /// Nil for a question that is known: nobody hears of more than when it began and ended, nearly always.
  private var passage: Passage?
  private var handle: Handle?
  private var begun: UInt64 = 0
  private var open = 0
  /// What has come, if it was not the same as before.
  private var job: Result<Messenger.Answer, Backend.CallFault>?
  private var nodes: Result<Messenger.Answer, Backend.CallFault>?
  /// What is to be passed on, if it is not word for word what came before.
  private var raw: [UInt8]?

  private enum Part: Int { case job, nodes }

  /// Asks. A trace that the caller has begun is passed on; nobody follows one that begins with a look.
  func begin(_ poll: consuming Poll, _ passage: Passage, _ exchange: Exchange, _ loop: Front.LoopState) {
    self.passage = passage
    ask(poll, exchange, loop, at: passage.checked, passage.parent == nil ? nil : passage.trace)
  }

  /// Asks what was asked before, word for word.
  func again(_ poll: consuming Poll, _ exchange: Exchange, _ loop: Front.LoopState, at begun: UInt64) {
    ask(poll, exchange, loop, at: begun, nil)
  }

  @inline(__always)
  private func ask(
    _ poll: consuming Poll, _ exchange: Exchange, _ loop: Front.LoopState, at begun: UInt64, _ trace: TraceContext?
  ) {
    self.poll.put(poll)
    self.loop.put(loop)
    handle = exchange.hold()
    self.begun = begun
    self.poll.lent.use { poll in
      // A call may have failed by the time it is sent.
      let nodes = poll.nodes != nil && !poll.jobTellsAll ? poll.calls.nodes : nil
      open = nodes == nil ? 1 : 2
      send(.job, poll.calls.job, poll.upstream, trace)
      if let nodes { send(.nodes, nodes, poll.upstream, trace) }
    }
  }

  private func send(_ part: Part, _ prepared: PreparedCall, _ upstream: Upstream, _ trace: TraceContext?) {
    let call = upstream.take()
    call.begin(prepared)
    if let trace {
      withUnsafeTemporaryAllocation(byteCount: TraceContext.size, alignment: 1) { place in
        trace.write(to: place)
        call.passingHeader("traceparent", UnsafeRawBufferPointer(place))
      }
    }
    upstream.send(call, to: self, tag: part.rawValue)
  }

  func answered(_ call: Call, tag: Int) {
    guard let part = Part(rawValue: tag) else { return }
    poll.lent.use { poll in
      switch part {
      case .job: answered(call, part, poll, poll.job, poll.lastJob.lent)
      case .nodes: if let nodes = poll.nodes { answered(call, part, poll, nodes, poll.lastNodes.lent) }
      }
    }
    ended()
  }

  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    guard let part = Part(rawValue: tag) else { return }
    poll.lent.use { poll in
      if let errand = part == .job ? poll.job : poll.nodes { came(.failure(fault), part, errand, poll) }
    }
    ended()
  }

  @inline(__always)
  private func answered(_ call: Call, _ part: Part, _ poll: Poll, _ errand: Backend.Errand, _ last: Lent<LastAnswer>) {
    guard (200..<300).contains(call.status), last.use({ $0.isRepeated(by: call.body) }) ?? false else {
      return came(.success(Messenger.Answer(call)), part, errand, poll)
    }
    loop.lent.use { $0.shard.add(errand.answered) }
    // The times that run are the platform's own words, too.
    guard poll.passesOn == (part == .job ? .get : .nodes) else { return }
    if last.use({ !$0.isSame(as: call.body) }) ?? true { raw = Array(call.body) }
  }

  private func came(
    _ result: Result<Messenger.Answer, UpstreamFault>, _ part: Part, _ errand: Backend.Errand, _ poll: Poll
  ) {
    let said = poll.backend.understood(result, errand.operation)
    poll.backend.count(said, errand.operation)
    if part == .job { job = said } else { nodes = said }
  }

  /// A call is over; with the last one, so is the look.
  private func ended() {
    open -= 1
    guard open == 0 else { return observe() }
    guard let loop = loop.take(), let poll = poll.take(), let handle = handle.take() else { return }
    let (begun, now) = (begun, loop.ticks())
    loop.shard.observe(poll.callTime, nanoseconds: Int64(clamping: now &- begun))
    let (job, nodes, raw, isKnown) = (job.take(), nodes.take(), raw.take(), passage == nil)
    if isKnown, job == nil, nodes == nil, raw == nil {
      loop.rest(self)
      return handle.resumeHere { exchange in
        if poll.front.answerAgain(poll, exchange, loop, begun: begun, acted: now) { return }
        poll.front.answer(poll, Passage(loop, at: begun, acted: now), exchange, loop, nil)
      }
    }
    var passage = passage.take() ?? Passage(loop, at: begun, acted: now)
    passage.acted = now
    loop.rest(self)
    if job == nil, nodes == nil {
      return handle.resumeHere { exchange in poll.front.answer(poll, passage, exchange, loop, raw) }
    }
    // Something is new.
    func heard(
      _ came: Result<Messenger.Answer, Backend.CallFault>?, _ last: LastAnswer?
    ) -> Result<Messenger.Answer, Backend.CallFault> {
      came ?? .success(Messenger.Answer(status: 200, headers: [], body: last?.body ?? []))
    }
    let hasAsked = poll.nodes != nil && !poll.jobTellsAll
    let all = Backend.Heard(
      job: heard(job, poll.lastJob.object), nodes: hasAsked ? heard(nodes, poll.lastNodes.object) : nil)
    poll.front.goOn(poll, all, handle, Way(trace: passage.trace.text, lane: loop.lane), passage)
  }

  private func observe() {
    poll.lent.use { poll in
      loop.lent.use { $0.shard.observe(poll.callTime, nanoseconds: Int64(clamping: $0.ticks() &- begun)) }
    }
  }
}
