/// Whoever answers requests.
package protocol Responder: AnyObject, Sendable {
  /// State for one event loop, made when a listener takes this responder, on that loop. It comes back as
  /// `Exchange.context` and is touched by no other thread.
  func makeLoopState() -> AnyObject

  /// The same for those who make an `Upstream` on the loop; called instead where there is one.
  func makeLoopState(on loop: LoopHandle) -> AnyObject

  /// Nobody is left on the loop to be answered, for now: what of its state only waits for the next request need not be kept.
  func letGo(of state: AnyObject)

  /// Called on the exchange's loop when the request is whole. Answers it by `begin`, `header` and `finish`, or takes a
  /// `hold` on it to answer later; an exchange left with neither is answered by 500. Must not block.
  func answer(_ exchange: Exchange)
}

extension Responder {
  /// Makes the state without the loop.
  package func makeLoopState(on loop: LoopHandle) -> AnyObject { makeLoopState() }

  /// Keeps everything.
  package func letGo(of state: AnyObject) {}
}
