import HTTP2
import NIOCore
import NIOPosix
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

  private var phase = Phase.connecting

  /// While it is talking.
  private var talk = Held<UpstreamTalk>()
  private var context: ChannelHandlerContext?
  private let outlet = Outlet()

  /// Calls for when it stands.
  private var pending: [Call] = []

  /// When something last went on here; before it stands, when it was begun.
  private var since: NIODeadline
  private var canWrite = true
  private var isStalled = false
  private var isReadHeld = false
  private var isRetired = false

  /// Why it ended, if it was not simply closed by the server.
  private var reason: UpstreamFault.Kind?

  init(to endpoint: UpstreamEndpoint, of upstream: Upstream) {
    self.upstream = upstream
    self.endpoint = endpoint
    loop = upstream.loop
    since = loop.now
    isRetired = upstream.isRetired
  }

  // MARK: Opening

  func open() {
    let settings = upstream.settings
    let bootstrap = ClientBootstrap(group: loop.eventLoop)
      .connectTimeout(upstream.times.connect)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.maxMessagesPerRead, value: 4)
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try Descriptor.keepToOurselves(channel)
          if let tls = settings.tls {
            try channel.pipeline.syncOperations.addHandler(tls.handler(for: endpoint.place))
          } else {
            try channel.syncOptions?.setOption(.recvAllocator, value: ReadBuffers(of: loop))
          }
          try channel.pipeline.syncOperations.addHandler(self)
        }
      }
    let place = endpoint.place
    let attempt =
      (try? SocketAddress(ipAddress: place.host, port: place.port)).map { bootstrap.connect(to: $0) }
      ?? bootstrap.connect(host: place.host, port: place.port)
    attempt.hop(to: loop.eventLoop).assumeIsolated().whenComplete { [self] result in
      switch result {
      case .success(let channel):
        // Given up meanwhile.
        if case .closed = phase { channel.close(promise: nil) } else { connected() }
      case .failure(let error):
        closed(because: reason ?? UpstreamConnection.kind(of: error, isOpening: true) ?? .unreachable)
      }
    }
  }

  private func connected() {
    guard case .connecting = phase else { return }
    if upstream.settings.tls == nil { stand(inHTTP2: upstream.settings.http == .http2) } else { phase = .shaking }
  }

  /// The connection can be used.
  private func stand(inHTTP2: Bool) {
    guard let talk = makeTalk(inHTTP2: inHTTP2) else { return close(because: .overloaded) }
    self.talk.put(talk)
    phase = .talking
    since = loop.now
    endpoint.isSequential = talk.isSequential
    let calls = pending
    pending = []
    var left: [Call] = []
    for call in calls where call.stage == .placed {
      if talk.room > 0 { talk.begin(call) } else { left.append(call) }
    }
    for call in left { endpoint.underWay -= 1; call.endpoint = nil; _ = call.connection.take() }
    upstream.placeAnew(left)
    loop.markDirty(self)
    refresh()
  }

  private func makeTalk(inHTTP2: Bool) -> UpstreamTalk? {
    guard inHTTP2 else { return HTTP1Talk(on: self) }
    guard let session = Session(clientOn: loop.calls, bounds: Session.Bounds(upstream.settings.bounds)) else {
      return nil
    }
    return HTTP2Talk(on: self, session: session)
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
      talk.lent.use { $0.begin(call) }
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
    guard case .talking = phase, room > 0 else { return }
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

  // MARK: Ending

  /// It is closed when its calls are done.
  func retire() {
    isRetired = true
    loop.markDirty(self)
  }

  /// Closes, and says why to the calls that are still here.
  func close(because kind: UpstreamFault.Kind? = nil) {
    if reason == nil { reason = kind }
    guard let context else { return closed(because: reason ?? .reset) }
    context.close(promise: nil)
  }

  /// The channel is gone. Before it stood, the attempt's own result says why.
  private func lost() {
    context = nil
    if case .connecting = phase, reason == nil { return }
    let isShaking = if case .shaking = phase { true } else { false }
    closed(because: reason ?? (isShaking ? .tls("the connection ended during the handshake") : .reset))
  }

  private func closed(because kind: UpstreamFault.Kind) {
    if case .closed = phase { return }
    let isClean = reason == nil
    phase = .closed
    reason = kind
    endpoint.remove(self)
    let calls = pending
    pending = []
    if let talk = talk.take() {
      talk.ended(kind, isClean: isClean)
    } else {
      upstream.tally.openingsFailed.bump()
      for call in calls where call.stage == .placed { upstream.failed(call, UpstreamFault(kind, sent: .no)) }
    }
    upstream.pump()
  }

  /// What an error of the channel means.
  private static func kind(of error: any Error, isOpening: Bool) -> UpstreamFault.Kind? {
    if let words = TLSWords.of(error) { return .tls(words) }
    switch error {
    case let error as NIOConnectionError:
      let kinds = error.connectionErrors.compactMap { kind(of: $0.error, isOpening: isOpening) }
      return kinds.first { $0 == .refused } ?? kinds.first ?? .unreachable
    case ChannelError.connectTimeout: return .timeout(.connect)
    case let error as IOError where error.errnoCode == ECONNREFUSED: return .refused
    case is IOError: return isOpening ? .unreachable : .reset
    default: return nil
    }
  }
}
