import HTTP2
import NIOCore
import NIOSSL
import NIOTLS

/// One accepted connection: finds out which protocol the client speaks, moves bytes between the socket and the dialogue,
/// and closes in a way that lets the client hear the last answer.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  enum Phase {
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

  /// Where it came in.
  let entrance: Entrance

  /// Place in the loop's list.
  var slot = -1

  /// When the client last sent something or was sent something; until the protocol is known, when it connected.
  private(set) var quietSince: NIODeadline

  /// Whether the connection is on the loop's list of those to flush.
  var isDirty = false

  /// The client has closed its side, and may still be waiting for answers.
  private(set) var inputHasEnded = false

  var phase = Phase.opening
  private var preface = Preface()
  var isDraining = false
  let door: TLSDoor?
  private(set) var hasShakenHands = false
  private var agreed: TLSProtocol?
  var context: ChannelHandlerContext?
  /// What the channel last said about its queue; asking it each time takes longer.
  private var canWrite = true
  private var isStalled = false
  private var isReadHeld = false
  private var handed = 0
  private var mayWait = false
  private var outputWatch = Watch()
  private let outlet = Outlet()

  /// A connection, encrypted when there is a door for it.
  init(by entrance: Entrance, door: TLSDoor?) {
    loop = entrance.loop
    self.entrance = entrance
    self.door = door
    quietSince = loop.now
  }

  /// The client's address.
  private(set) lazy var peer: String = context?.remoteAddress?.ipAddress ?? ""

  /// Whether it is encrypted.
  var isSecure: Bool { door != nil }

  /// The client's certificate.
  private(set) lazy var clientCertificate: ClientCertificate? = door?.peer

  // MARK: What the channel tells

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { closed() }

  func channelActive(context: ChannelHandlerContext) {
    entrance.counters.accepted.bump()
    entrance.counters.connections.bump()
    if door == nil { outlet.open(context.channel) }
    loop.add(self)
  }

  func channelInactive(context: ChannelHandlerContext) { closed() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The end of the client's output without TLS's own word for it: comes beside the end itself, which is acted on.
    if let error = error as? NIOSSLError, error == .uncleanShutdown { return }
    close()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    guard door == nil else { return buffer.withUnsafeReadableBytes(receive) }
    entrance.counters.bytesIn.bump(by: buffer.readableBytes)
    buffer.withUnsafeReadableBytes(receive)
    loop.giveBack(input: buffer)
  }

  /// The last handler: nobody else needs to hear of it, and to read on from here is a shorter way than the channel's own.
  func channelReadComplete(context: ChannelHandlerContext) { read(context: context) }

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
    switch event {
    case ChannelEvent.inputClosed: inputEnded()
    case TLSUserEvent.handshakeCompleted(let name):
      hasShakenHands = true
      agreed = name.flatMap { TLSProtocol(rawValue: $0) }
      entrance.counters.handshakes.bump()
      quietSince = loop.now
    case let stranger as TLSDoor.Stranger: refuse(stranger)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func inputEnded() {
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
    switch protocolOf(bytes) {
    case .undecided: return
    case .http1:
      entrance.counters.http1Connections.bump()
      dialogue = HTTP1Dialogue(on: self)
    case .http2:
      entrance.counters.http2Connections.bump()
      guard let session = Session(serverOn: loop.engine, bounds: loop.bounds) else { return close() }
      dialogue = HTTP2Dialogue(on: self, session: session)
    }
    phase = .talking(dialogue)
    quietSince = loop.now
    if isDraining { dialogue.drain() }
    preface.withKept { if !$0.isEmpty { dialogue.receive($0) } }
    dialogue.receive(bytes)
  }

  private func protocolOf(_ bytes: UnsafeRawBufferPointer) -> Preface.Finding {
    switch agreed {
    case .http1: .http1
    case .http2: .http2
    case nil: preface.take(bytes)
    }
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
    if door == nil { entrance.counters.bytesOut.bump(by: out.readableBytes) }
    if dialogue.isOver, !more {
      dialogue.abandon()
      finish(with: out, lingering: dialogue.shouldLinger || door != nil)
    } else if out.readableBytes > 0 {
      outlet.send(&out, context)
    }
    loop.giveBack(output: out)
    if !canWrite { isStalled = true } else if more { loop.markDirty(self) }
    releaseRead()
  }

  /// Reads on, if that was held back and there is no reason any more.
  func releaseRead() {
    guard isReadHeld, wantsInput else { return }
    isReadHeld = false
    context?.read()
  }

  /// Output that waits in this process for the client to take what is in the network.
  private var waiting: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Octets that the network has taken so far.
  private var progress: Int { (door?.handed ?? handed) - waiting }

  // MARK: Time

  /// The loop has other limits now.
  func limitsChanged() { if case .talking(let dialogue) = phase { dialogue.limitsChanged() } }

  /// Begins to look whether the client takes what is ready for it.
  func watchOutput() {
    mayWait = true
    outputWatch.restart(at: loop.now, count: progress)
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
      outputWatch.restart(at: now, count: progress)
      return false
    }
    return outputWatch.hasStalled(
      at: now, count: progress, least: loop.limits.progressBytes, limit: loop.times.progress)
  }

  private func timeout() {
    entrance.counters.timeouts.bump()
    close()
  }
}
