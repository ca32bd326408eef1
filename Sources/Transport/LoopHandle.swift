/// One event loop of a server, as others may hold it: to make an `Upstream` on, or a `Messenger`.
package struct LoopHandle: Sendable {
  let loop: Loop

  /// Runs `body` on the loop, later.
  package func run(_ body: @escaping @Sendable () -> Void) { loop.eventLoop.execute(body) }

  /// Whether the present thread is the loop's.
  package var isHere: Bool { loop.eventLoop.inEventLoop }
}

extension Exchange {
  /// The loop it lives on; nil when the connection is gone.
  package var loop: LoopHandle? { dialogue.lent.use { LoopHandle(loop: $0.loop) } }
}
