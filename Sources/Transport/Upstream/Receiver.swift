/// Whoever is told what became of calls: one object for all calls of a loop, which tells them apart by their tags.
///
/// Everything happens on the calls' loop, never inside `send`. A call may be read until the function returns, longer only
/// after `call.keep()`; new calls may be sent from inside.
package protocol Receiver: AnyObject {
  /// The answer is whole; its status, fields and body stand in the call.
  func answered(_ call: Call, tag: Int)

  /// Only for calls with `streams`: the status and the fields stand in the call, and so does a piece of the body, which
  /// may be empty the first time. What `call.consume` does not take stands there the next time, too; the server has to
  /// wait when that is too much. The last piece comes with `answered`.
  func arrived(_ call: Call, tag: Int)

  /// There will be no answer, or no more of it.
  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int)
}

extension Receiver {
  /// For those whose calls never stream.
  package func arrived(_ call: Call, tag: Int) {}
}
