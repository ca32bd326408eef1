import HTTP2

/// Answers that leave while they are made: what is long need not stand in memory as a whole.
///
/// Such an answer states no length: HTTP/1.1 sends it in chunks (RFC 9112 §7.1), HTTP/1.0 ends it with the connection.
extension Handle {
  /// Adds to the answer on the exchange's loop, sends what is there, and returns when the client has taken most of it.
  /// The first piece begins the answer, the last one ends it through `resume`. False, and nothing was done, when the
  /// client has gone or the answer is over.
  package func write(_ body: @escaping @Sendable (Exchange) -> Void) async -> Bool {
    await withCheckedContinuation { waiting in
      exchange.eventLoop.execute {
        guard isAwaited, exchange.pause == nil else { return waiting.resume(returning: false) }
        body(exchange)
        guard exchange.stage == .answering else { return waiting.resume(returning: true) }
        exchange.pause = waiting
        exchange.flush()
      }
    }
  }

  /// Breaks off an answer of which a part has been sent, so that the client sees that something is missing; one that has
  /// not begun becomes a 500.
  package func breakOff() { resume { $0.answerPlainly(500) } }
}

extension Exchange {
  /// Memory that waits for the client before more is made.
  static let lowWater = 64 * 1024

  /// Octets of body that wait to be sent.
  var backlog: Int { stream.outgoing.count - stream.replySent }

  /// Octets of body that have been sent.
  var bodySent: Int { forgotten + stream.replySent }

  func flush() {
    isStreaming = true
    dialogue.lent.use { $0.flushed(self) }
  }

  /// Forgets what was sent, and asks for more when there is room.
  func advance() {
    guard isStreaming else { return }
    if stream.replySent > 0, stream.replySent >= stream.outgoing.count / 2 {
      forgotten += stream.replySent
      stream.outgoing.removeFirst(stream.replySent)
      stream.replySent = 0
    }
    if backlog <= Exchange.lowWater { proceed(true) }
  }

  /// Lets whoever makes the answer go on.
  func proceed(_ isOpen: Bool) {
    guard let waiting = pause else { return }
    pause = nil
    waiting.resume(returning: isOpen)
  }
}
