import NIOCore

/// How a connection ends.
extension Connection {
  /// Sends the last bytes and closes. Who lingers closes for writing and waits for the client to do the same, because
  /// closing while bytes come in would take the last ones away from the client; with TLS it always is so, for there the
  /// client answers to the end.
  func finish(with out: ByteBuffer, lingering: Bool) {
    guard let context else { return }
    phase = .closing
    let promise = loop.eventLoop.makePromise(of: Void.self)
    watchOutput()
    context.writeAndFlush(wrapOutboundOut(out), promise: promise)
    promise.futureResult.assumeIsolated().whenComplete { [weak self] result in
      guard let self, case .closing = self.phase else { return }
      guard case .success = result else { return self.close() }
      guard lingering, !self.inputHasEnded else { return self.part() }
      self.phase = .lingering(since: self.loop.now, discarded: 0)
      self.context?.close(mode: .output, promise: nil)
      self.releaseRead()
    }
  }

  /// Closes; where there is TLS, after saying so in its own way.
  func part() {
    guard let door, door.isOpen, let context else { return close() }
    if case .talking(let dialogue) = phase { dialogue.abandon() }
    phase = .closing
    let promise = loop.eventLoop.makePromise(of: Void.self)
    context.close(mode: .output, promise: promise)
    promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.close() }
  }

  /// Answers who does not speak TLS where only TLS is spoken, as far as it can be understood.
  func refuse(_ stranger: TLSDoor.Stranger) {
    guard case .opening = phase else { return }
    entrance.counters.violations.bump()
    guard case .http = stranger else { return close() }
    finish(with: ByteBuffer(staticString: Connection.speakTLS), lingering: true)
  }

  private static let speakTLS: StaticString = """
    HTTP/1.1 400 Bad Request\r
    content-type: text/plain; charset=utf-8\r
    content-length: 32\r
    connection: close\r
    \r
    this port speaks TLS: use https

    """

  /// The connection is going to end; see `Dialogue.drain`.
  func drain() {
    switch phase {
    case .opening: if isDraining { close() }
    case .talking(let dialogue):
      dialogue.drain()
      loop.markDirty(self)
    case .closing, .lingering, .closed: break
    }
    isDraining = true
  }

  /// Closes at once.
  func close() { if let door { door.close() } else { context?.close(promise: nil) } }

  /// The channel is gone, or the connection taken out of it.
  func closed() {
    if case .talking(let dialogue) = phase { dialogue.abandon() }
    if case .closed = phase { return }
    phase = .closed
    context = nil
    guard slot >= 0 else { return }
    entrance.counters.connections.bump(by: -1)
    if let door, door.isOpen, !hasShakenHands { entrance.counters.handshakesFailed.bump() }
    loop.remove(self)
  }
}
