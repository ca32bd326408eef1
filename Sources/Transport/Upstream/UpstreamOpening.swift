import HTTP2
import NIOCore
import NIOPosix

/// How a connection to a platform comes to stand.
extension UpstreamConnection {
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

  func connected() {
    guard case .connecting = phase else { return }
    if upstream.settings.tls == nil { stand(inHTTP2: upstream.settings.http == .http2) } else { phase = .shaking }
  }

  /// The connection can be used.
  func stand(inHTTP2: Bool) {
    guard let talk = makeTalk(inHTTP2: inHTTP2) else { return close(because: .overloaded) }
    self.talk.put(talk)
    phase = .talking
    since = loop.now
    endpoint.isSequential = talk.isSequential
    let calls = pending
    pending = []
    var left: [Call] = []
    for call in calls where call.stage == .placed {
      if talk.room > 0 { talk.begin(call, at: since) } else { left.append(call) }
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
}
