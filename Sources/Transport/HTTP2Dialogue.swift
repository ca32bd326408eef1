import HTTP2
import NIOCore

/// A conversation in HTTP/2 (RFC 9113).
final class HTTP2Dialogue: Dialogue {
  private let session: Session
  private var bucket: TokenBucket
  private var failure: ErrorCode?
  private var hasFailed = false
  private var draining = Draining.no

  /// Answers that leave while they are made.
  private var streaming: [Exchange] = []

  private enum Draining { case no, announced, refusing }

  /// Bytes of body that earn a client one more cheap frame: it may have to enlarge its windows.
  private static let bytesPerFrame = 2048

  init(on connection: Connection, session: Session) {
    let loop = connection.loop
    self.session = session
    bucket = TokenBucket(
      rate: loop.limits.cheapFramesPerSecond, burst: loop.limits.cheapFramesBurst, at: loop.now)
    super.init(on: connection)
    loop.markDirty(connection)
  }

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !hasFailed else { return }
    let code = session.receive(bytes)
    loop.engine.takeEvents { act($0) }
    if let code { fail(code) }
    settle()
    if session.wantsToSend || hasFailed || session.isOver { loop.markDirty(connection) }
  }

  /// Charges the client for what cost it nothing, and credits it with what it did in earnest.
  private func settle() {
    let tally = session.tally
    session.tally = Tally()
    let earned =
      2 * tally.repliesEnded + (tally.dataSent + tally.dataReceived) / HTTP2Dialogue.bytesPerFrame
    if earned > 0 { bucket.earn(earned) }
    guard tally.cheapFrames > 0, !bucket.take(tally.cheapFrames, at: loop.now) else { return }
    fail(.enhanceYourCalm)
  }

  /// The session is over; the client is told why.
  private func fail(_ code: ErrorCode) {
    guard !hasFailed else { return }
    hasFailed = true
    failure = code
    counters.violations.bump()
  }

  private func act(_ event: Event) {
    switch event {
    case .headed(let stream): stream._withUnsafeGuaranteedRef { headed($0) }
    case .ended(let stream): stream._withUnsafeGuaranteedRef { ended($0, tooLarge: false) }
    case .bodyOverflowed(let stream): stream._withUnsafeGuaranteedRef { ended($0, tooLarge: true) }
    case .discardOverflowed(let stream): session.reset(stream.takeUnretainedValue(), .noError)
    case .fieldsOverflowed(let stream): refuse(stream.takeUnretainedValue(), .enhanceYourCalm)
    case .bufferOverflowed(let stream): refuse(stream.takeUnretainedValue(), .refusedStream)
    case .unsendable(let stream): session.reset(stream.takeUnretainedValue(), .internalError)
    case .repliedEarly(let stream): discardRest(of: stream.takeUnretainedValue())
    case .closed(let stream, _):
      stream._withUnsafeGuaranteedRef { $0.withExchange { release($0) } }
    }
  }

  override func release(_ exchange: Exchange) {
    if exchange.isStreaming { streaming.removeAll { $0 === exchange } }
    super.release(exchange)
  }

  /// Lends the exchange of a stream that is still being read.
  @inline(__always)
  private func whileReading(_ stream: HTTP2.Stream, _ body: (Exchange) -> Void) {
    guard !stream.closed else { return }
    stream.withExchange { exchange in
      if exchange.stage == .resting { exchange.open(for: self, version: .http2, at: loop.now) }
      if exchange.stage == .reading { body(exchange) }
    }
  }

  private func headed(_ stream: HTTP2.Stream) {
    whileReading(stream) { _ in if stream.fields.value(of: "expect") != nil { session.sendContinue(on: stream) } }
  }

  private func ended(_ stream: HTTP2.Stream, tooLarge: Bool) {
    whileReading(stream) { exchange in
      if tooLarge {
        counters.violations.bump()
        exchange.bodyTooLarge = true
      }
      exchange.method = Method(exchange.methodBytes)
      deliver(exchange)
    }
  }

  private func refuse(_ stream: HTTP2.Stream, _ code: ErrorCode) {
    whileReading(stream) { exchange in
      counters.violations.bump()
      exchange.stage = .finished
      session.reset(stream, code)
    }
  }

  /// The answer is out before the request was whole. Some clients take a reset for a failure and lose the answer, so
  /// the rest is let in and thrown away, as far as its bound.
  private func discardRest(of stream: HTTP2.Stream) {
    stream.withExchange { exchange in
      guard exchange.stage == .finished else { return }
      exchange.stage = .discarding
      exchange.watch.restart(at: loop.now, count: stream.received)
    }
  }

  override func flushed(_ exchange: Exchange) {
    exchange.watch.restart(at: loop.now, count: exchange.bodySent)
    if streaming.contains(where: { $0 === exchange }) {
      session.resume(exchange.stream)
    } else {
      streaming.append(exchange)
      exchange.stream.isOpenEnded = true
      respond(exchange)
    }
    loop.markDirty(connection)
  }

  override func brokenOff(_ exchange: Exchange) {
    session.reset(exchange.stream, .internalError)
    loop.markDirty(connection)
  }

  override func finished(_ exchange: Exchange) {
    exchange.watch.restart(at: loop.now, count: exchange.bodySent)
    if exchange.isStreaming {
      exchange.stream.isOpenEnded = false
      session.resume(exchange.stream)
    } else {
      respond(exchange)
    }
    loop.markDirty(connection)
  }

  private func respond(_ exchange: Exchange) {
    addOwnFields(to: exchange)
    if !session.respond(on: exchange.stream, status: exchange.status, withBody: exchange.carriesBody) {
      session.reset(exchange.stream, .internalError)
    }
  }

  private func addOwnFields(to exchange: Exchange) {
    loop.withDate { exchange.stream.reply.append(name: Status.immortal("date"), value: $0) }
    if exchange.statesLength { exchange.stream.reply.appendLength(exchange.stream.outgoing.count) }
  }

  override func produce(into out: inout ByteBuffer) -> Bool {
    guard !hasFailed else {
      if let code = failure {
        failure = nil
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: 64) { session.lastWord(code, into: $0) }
      }
      return false
    }
    var more = false
    out.writeWithUnsafeMutableBytes(minimumWritableBytes: Loop.outputBytes) { room in
      let filled = session.fill(room)
      more = filled.more
      return filled.count
    }
    loop.engine.takeEvents { act($0) }
    for exchange in streaming { exchange.advance() }
    settle()
    return more || session.wantsToSend || hasFailed
  }

  override func inputEnded() { connection.part() }

  override func limitsChanged() {
    session.bounds = loop.bounds
    bucket = TokenBucket(
      rate: loop.limits.cheapFramesPerSecond, burst: loop.limits.cheapFramesBurst, at: loop.now)
  }

  override func abandon() {
    session.abandon { $0.withExchange { release($0) } }
  }

  override var isOver: Bool { (hasFailed && failure == nil) || session.isOver }

  override var shouldLinger: Bool { true }

  override func drain() {
    switch draining {
    case .no:
      draining = .announced
      session.announceShutdown()
    case .announced:
      draining = .refusing
      session.refuseNewStreams()
    case .refusing: break
    }
  }

  override func check(at now: NIODeadline) -> Verdict {
    var verdict = Verdict.fine
    if session.openStreams == 0 {
      guard now - connection.quietSince >= loop.times.idle else { return verdict }
      session.terminate(.noError)
      return .output
    }
    session.forEachStream { $0.withExchange { if check($0, at: now) { verdict = .output } } }
    return verdict
  }

  /// True when something is to be sent.
  private func check(_ exchange: Exchange, at now: NIODeadline) -> Bool {
    switch exchange.stage {
    case .resting:
      // Its header block is not complete yet, and no event has named it.
      exchange.open(for: self, version: .http2, at: now)
      return false
    case .answering where exchange.isStreaming && exchange.backlog > 0:
      guard isStalled(exchange, exchange.bodySent, at: now) else { return false }
      counters.timeouts.bump()
      exchange.answerPlainly(500)
    case .answering:
      guard now - exchange.watch.since >= loop.times.answer else { return false }
      exchange.answerPlainly(500)
    case .reading:
      guard isStalled(exchange, exchange.stream.received, at: now) else { return false }
      counters.timeouts.bump()
      // Half a header block holds up every other stream, and the connection cannot go on without it.
      if exchange.stream.headed { session.reset(exchange.stream, .cancel) } else { fail(.protocolError) }
      exchange.stage = .finished
    case .finished:
      guard isStalled(exchange, exchange.bodySent, at: now) else { return false }
      counters.timeouts.bump()
      session.reset(exchange.stream, .cancel)
      exchange.watch.restart(at: now, count: exchange.bodySent)
    case .discarding:
      guard isStalled(exchange, exchange.stream.received, at: now) else { return false }
      session.reset(exchange.stream, .noError)
      exchange.watch.restart(at: now, count: exchange.stream.received)
    }
    return true
  }

  private func isStalled(_ exchange: Exchange, _ count: Int, at now: NIODeadline) -> Bool {
    exchange.watch.hasStalled(
      at: now, count: count, least: loop.limits.progressBytes, limit: loop.times.progress)
  }
}
