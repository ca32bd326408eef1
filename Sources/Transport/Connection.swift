import HTTP2
import NIOCore

/// One accepted connection: finds out which protocol the client speaks, moves bytes between the socket and the dialogue,
/// and closes in a way that lets the client hear the last answer.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// The protocol is not known yet.
    case opening
    case talking(Dialogue)
    /// The last bytes are on their way.
    case closing
    /// Closed for writing; what still comes in is thrown away.
    case lingering(since: NIODeadline, discarded: Int)
    case closed
  }

  let loop: Loop

  /// Place in the loop's list.
  var slot = -1

  /// When the client last sent something or was sent something; until the protocol is known, when it connected.
  private(set) var quietSince: NIODeadline

  /// Whether the connection is on the loop's list of those to flush.
  var isDirty = false

  /// The client has closed its side, and may still be waiting for answers.
  private(set) var inputHasEnded = false

  private var phase = Phase.opening
  private var preface = Preface()
  private var context: ChannelHandlerContext?
  /// What the channel last said about its queue; asking it each time takes longer.
  private var canWrite = true
  private var isStalled = false
  private var isReadHeld = false
  private var handed = 0
  private var mayWait = false
  private var outputWatch = Watch()

  init(on loop: Loop) {
    self.loop = loop
    quietSince = loop.now
  }

  /// The client's address.
  private(set) lazy var peer: String = context?.remoteAddress?.ipAddress ?? ""

  // MARK: What the channel tells

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { closed() }

  func channelActive(context: ChannelHandlerContext) { loop.add(self) }

  func channelInactive(context: ChannelHandlerContext) { closed() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    loop.counters.bytesIn.bump(by: buffer.readableBytes)
    buffer.withUnsafeReadableBytes(receive)
    loop.giveBack(input: buffer)
  }

  func read(context: ChannelHandlerContext) {
    if wantsInput { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    canWrite = context.channel.isWritable
    if canWrite, isStalled {
      isStalled = false
      loop.markDirty(self)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
    inputHasEnded = true
    switch phase {
    case .opening, .lingering: close()
    case .talking(let dialogue):
      dialogue.inputEnded()
      loop.markDirty(self)
    case .closing, .closed: break
    }
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) {
    switch phase {
    case .opening: open(bytes)
    case .talking(let dialogue):
      quietSince = loop.now
      dialogue.receive(bytes)
    case .closing, .closed: break
    case .lingering(let since, let discarded):
      guard discarded + bytes.count <= loop.limits.bodyDiscard else { return close() }
      phase = .lingering(since: since, discarded: discarded + bytes.count)
    }
  }

  private func open(_ bytes: UnsafeRawBufferPointer) {
    let dialogue: Dialogue
    switch preface.take(bytes) {
    case .undecided: return
    case .http1: dialogue = HTTP1Dialogue(on: self)
    case .http2:
      guard let session = Session(serverOn: loop.engine, bounds: loop.bounds) else { return close() }
      dialogue = HTTP2Dialogue(on: self, session: session)
    }
    phase = .talking(dialogue)
    quietSince = loop.now
    preface.withKept { if !$0.isEmpty { dialogue.receive($0) } }
    dialogue.receive(bytes)
  }

  private var wantsInput: Bool {
    guard !isStalled else { return false }
    if case .talking(let dialogue) = phase { return dialogue.wantsInput }
    return true
  }

  // MARK: Output

  /// Sends what there is: one write. Called by the loop at the end of its turn.
  func flush() {
    isDirty = false
    guard case .talking(let dialogue) = phase, let context else { return }
    guard canWrite else {
      isStalled = true
      return
    }
    var out = loop.takeOutput()
    let more = dialogue.produce(into: &out)
    handed += out.readableBytes
    mayWait = true
    quietSince = loop.now
    loop.counters.bytesOut.bump(by: out.readableBytes)
    if dialogue.isOver, !more {
      finish(dialogue, with: out)
    } else if out.readableBytes > 0 {
      context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    }
    loop.giveBack(output: out)
    if !canWrite { isStalled = true } else if more { loop.markDirty(self) }
    releaseRead()
  }

  private func releaseRead() {
    guard isReadHeld, wantsInput else { return }
    isReadHeld = false
    context?.read()
  }

  /// Output that waits in this process for the client to take what is in the network.
  private var waiting: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  // MARK: The end

  private func finish(_ dialogue: Dialogue, with out: ByteBuffer) {
    guard let context else { return }
    let linger = dialogue.shouldLinger && !inputHasEnded
    phase = .closing
    dialogue.abandon()
    let promise = loop.eventLoop.makePromise(of: Void.self)
    mayWait = true
    outputWatch.restart(at: loop.now, count: handed - waiting)
    context.writeAndFlush(wrapOutboundOut(out), promise: promise)
    promise.futureResult.assumeIsolated().whenComplete { [weak self] result in
      guard let self, case .closing = self.phase else { return }
      guard linger, case .success = result else { return self.close() }
      self.phase = .lingering(since: self.loop.now, discarded: 0)
      self.context?.close(mode: .output, promise: nil)
      self.releaseRead()
    }
  }

  /// The server is going to end.
  func drain() {
    switch phase {
    case .opening: close()
    case .talking(let dialogue):
      dialogue.drain()
      loop.markDirty(self)
    case .closing, .lingering, .closed: break
    }
  }

  /// Closes at once.
  func close() { context?.close(promise: nil) }

  private func closed() {
    if case .talking(let dialogue) = phase { dialogue.abandon() }
    if case .closed = phase { return }
    phase = .closed
    loop.remove(self)
    context = nil
  }

  /// Looks at the limits of time.
  func check(at now: NIODeadline) {
    switch phase {
    case .opening: if now - quietSince >= loop.times.firstByte { timeout() }
    case .talking(let dialogue):
      if hasStalledReader(at: now) { return timeout() }
      switch dialogue.check(at: now) {
      case .fine: break
      case .output: loop.markDirty(self)
      case .abort: timeout()
      }
    case .closing: if hasStalledReader(at: now) { timeout() }
    case .lingering(let since, _): if now - since >= loop.times.linger { close() }
    case .closed: break
    }
  }

  /// The client takes nothing of what is ready for it.
  private func hasStalledReader(at now: NIODeadline) -> Bool {
    guard mayWait else { return false }
    let waiting = self.waiting
    guard waiting > 0 else {
      mayWait = false
      outputWatch.restart(at: now, count: handed)
      return false
    }
    return outputWatch.hasStalled(
      at: now, count: handed - waiting, least: loop.limits.progressBytes, limit: loop.times.progress)
  }

  private func timeout() {
    loop.counters.timeouts.bump()
    close()
  }
}
