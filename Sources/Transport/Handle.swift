import NIOCore

/// A claim on an exchange that will be answered later, from whichever thread.
///
/// Every hold has to be resumed; an exchange whose holds are forgotten is answered by 500 when its time is up
/// (`Limits.timeToAnswer`). `@unchecked`: the exchange is touched on its own loop only, by the closure of `resume`.
package struct Handle: @unchecked Sendable {
  let exchange: Exchange
  private let generation: UInt64

  init(_ exchange: Exchange, generation: UInt64) {
    self.exchange = exchange
    self.generation = generation
  }

  /// Hops to the exchange's loop and runs `body` there — or does not, when the client has gone or the exchange has been
  /// answered meanwhile. An exchange that is neither answered nor held again afterwards is answered by 500.
  package func resume(_ body: @escaping @Sendable (Exchange) -> Void) {
    exchange.eventLoop.execute {
      guard exchange.generation == generation, exchange.stage == .answering else { return }
      exchange.holds -= 1
      body(exchange)
      exchange.answerIfForgotten()
    }
  }

  /// The same for whoever is on the exchange's own loop, at once: nothing is queued and nothing allocated.
  package func resumeHere(_ body: (Exchange) -> Void) {
    assert(exchange.eventLoop.inEventLoop)
    guard exchange.generation == generation, exchange.stage == .answering else { return }
    exchange.holds -= 1
    body(exchange)
    exchange.answerIfForgotten()
  }

  /// The client still waits for this exchange; to be asked on its own loop only.
  package var isAwaited: Bool {
    exchange.eventLoop.inEventLoop && exchange.generation == generation && exchange.stage == .answering
  }
}

extension Exchange {
  /// Keeps the exchange open beyond the call to the responder. On an exchange that is answered already, the handle does
  /// nothing.
  package func hold() -> Handle {
    guard stage == .answering else { return Handle(self, generation: generation &- 1) }
    holds += 1
    return Handle(self, generation: generation)
  }

  /// Nobody is going to answer: then we do.
  func answerIfForgotten() {
    if stage == .answering, holds == 0 { answerPlainly(500) }
  }
}
