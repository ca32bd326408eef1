import NIOCore
import NIOSSL
import NIOTLS

/// One connection to a backend: opens it, finds out which protocol is spoken, moves bytes between the socket and the
/// conversation.
///
/// `@unchecked`: touched on its loop only; the bootstrap wants to be told so.
final class UpstreamConnection: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  enum Phase {
    case connecting
    /// TLS is being agreed on.
    case shaking
    case talking
    case closed
  }

  let upstream: Upstream
  let endpoint: UpstreamEndpoint
  let loop: Loop

  /// On the loop's list of those to flush.
  var isDirty = false

  /// On the endpoint's list of those with room.
  var isListed = false

  var phase = Phase.connecting

  /// While it is talking.
  var talk = Held<UpstreamTalk>()
  var context: ChannelHandlerContext?
  private let outlet = Outlet()

  /// Calls for when it stands.
  var pending: [Call] = []

  /// When something last went on here; before it stands, when it was begun.
  var since: NIODeadline
  private var canWrite = true
  private var isStalled = false
  private var isReadHeld = false
  var isRetired = false

  /// Why it ended, if it was not simply closed by the server.
  var reason: UpstreamFault.Kind?

  init(to endpoint: UpstreamEndpoint, of upstream: Upstream) {
    self.upstream = upstream
    self.endpoint = endpoint
    loop = upstream.loop
    since = loop.now
    isRetired = upstream.isRetired
  }

  // MARK: Calls

  var stands: Bool { if case .talking = phase { true } else { false } }

  /// How many more calls it can take.
  var room: Int {
    switch phase {
    case .connecting, .shaking: reserve - pending.count
    case .talking: talk.lent.use { isRetired && !$0.isIdle ? 0 : $0.room } ?? 0
    case .closed: 0
    }
  }

  /// How many calls may wait for it to stand.
  private var reserve: Int { endpoint.isSequential ? 1 : upstream.settings.bounds.streams }

  /// The server has given it up, as far as can be seen without using it. In HTTP/2 it says goodbye, so that it is
  /// enough to look after a while.
  var isStale: Bool {
    talk.lent.use { talk in
      guard talk.isIdle, let context, talk.isSequential || hasRested else { return false }
      switch Descriptor.waiting(on: context.channel) {
      case .nothing: return false
      case .end: return true
      // Nobody has asked for anything: with HTTP/1 that can only be a farewell, or worse.
      case .bytes: return talk.isSequential
      }
    } ?? false
  }

  /// Nothing has gone on here for so long that an end the server made of it would be known.
  var hasRested: Bool { loop.now - since > UpstreamConnection.freshTime }

  private static let freshTime = TimeAmount.milliseconds(50)

  func take(_ call: Call) {
    switch phase {
    case .connecting, .shaking: pending.append(call)
    case .talking:
      since = loop.now
      talk.lent.use { $0.begin(call, at: since) }
      loop.markDirty(self)
    case .closed:
      // It failed at once, before the call could be handed over.
      let fault = UpstreamFault(reason ?? .unreachable, sent: .no)
      loop.eventLoop.assumeIsolated().execute { if call.connection.isHeld(self) { self.upstream.failed(call, fault) } }
    }
  }

  /// Lets go of a call that is wanted no more.
  func drop(_ call: Call) {
    pending.removeAll { $0 === call }
    talk.lent.use { $0.drop(call) }
    loop.markDirty(self)
  }

  /// The receiver has taken bytes of a call's body.
  func consumed(_ call: Call, _ count: Int) {
    talk.lent.use { $0.consumed(call, count) }
    releaseRead()
  }

  /// A call has ended, or the server allows more.
  func refresh() {
    since = loop.now
    // Nearly always there was room before, and nobody waits for it.
    guard !isListed || upstream.hasWaiting, case .talking = phase, room > 0 else { return }
    endpoint.hasRoom(self)
    upstream.pump()
  }

  // MARK: What the channel tells

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { lost() }

  func channelActive(context: ChannelHandlerContext) {
    if upstream.settings.tls == nil { outlet.open(context.channel) }
    connected()
  }

  func channelInactive(context: ChannelHandlerContext) { lost() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An end without TLS's own word for it may be somebody's who wanted the answer to look whole.
    let isCut = stands && (error as? NIOSSLError) == .uncleanShutdown
    if reason == nil { reason = isCut ? .reset : UpstreamConnection.kind(of: error, isOpening: false) ?? .reset }
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case TLSUserEvent.handshakeCompleted(let name) = event else {
      return context.fireUserInboundEventTriggered(event)
    }
    guard case .shaking = phase else { return }
    let isHTTP2 = name == TLSProtocol.http2.rawValue
    if upstream.settings.spoken == .http2, !isHTTP2 { return close(because: .tls("HTTP/2 was not agreed on")) }
    stand(inHTTP2: isHTTP2)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    upstream.tally.bytesIn.bump(by: buffer.readableBytes)
    connected()
    // What comes may end the connection.
    if let talk = talk.object {
      buffer.withUnsafeReadableBytes { talk.receive($0) }
      if talk.isOver { loop.markDirty(self) }
    }
    if upstream.settings.tls == nil { loop.giveBack(input: buffer) }
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

  private var wantsInput: Bool { talk.lent.use { $0.wantsInput } ?? true }

  private func releaseRead() {
    guard isReadHeld, wantsInput else { return }
    isReadHeld = false
    context?.read()
  }

  // MARK: Output

  /// Sends what there is: one write. Called by the loop at the end of its turn.
  func flush() {
    isDirty = false
    guard let talk = talk.object, let context else { return }
    guard canWrite || talk.isOver else {
      isStalled = true
      return
    }
    var out = loop.takeOutput()
    let more = talk.produce(into: &out)
    if out.readableBytes > 0 {
      upstream.tally.bytesOut.bump(by: out.readableBytes)
      outlet.send(&out, context)
    }
    loop.giveBack(output: out)
    if talk.isOver, !more { return close() }
    if isRetired, talk.isIdle { return close() }
    if !canWrite { isStalled = true } else if more { loop.markDirty(self) }
    releaseRead()
  }

  // MARK: Time

  func check(at now: NIODeadline) {
    switch phase {
    case .connecting, .shaking:
      for call in pending where call.stage == .placed {
        if upstream.clock(call, at: now) == .total { upstream.abort(call, .timeout(.total)) }
      }
      if now - since >= upstream.times.connect { close(because: .timeout(.connect)) }
    case .talking:
      guard let talk = talk.object else { return }
      if talk.isIdle, now - since >= upstream.times.idle { return close() }
      var late: [(Call, UpstreamFault.Clock)] = []
      talk.forEachCall { call in if let clock = upstream.clock(call, at: now) { late.append((call, clock)) } }
      for (call, clock) in late where call.connection.isHeld(self) && call.stage == .placed {
        upstream.abort(call, .timeout(clock))
      }
    case .closed: break
    }
  }
}
