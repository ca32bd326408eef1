/// A listener as one loop knows it: who answers, how connections are encrypted, what has been counted.
///
/// Changing a listener changes this in place, so that a connection asks nobody but its own entrance for the responder
/// of its next request; requests that are being answered keep what they began with.
/// `@unchecked`: touched on its loop only, but for the counters.
final class Entrance: @unchecked Sendable {
  let loop: Loop
  let counters = LoopCounters()
  private(set) var post: Post

  /// For connections that come from now on.
  private(set) var tls: TLSTerms?

  /// The listener has been given up: its connections finish what they have begun.
  private(set) var isClosing = false

  /// Has to be called on the loop, because it makes the responder's state for it.
  init(on loop: Loop, for listener: Listener) {
    self.loop = loop
    post = Post(listener.responder, on: loop)
    tls = listener.tls
  }

  /// Takes over what has changed; a responder that stays keeps its state.
  func adopt(_ listener: Listener) {
    if listener.responder !== post.responder { post = Post(listener.responder, on: loop) }
    tls = listener.tls
  }

  /// Nobody is left to be answered.
  func letGo() { if let state = post.state.object { post.responder.letGo(of: state) } }

  /// Ends its connections gently.
  func close() {
    isClosing = true
    loop.forget(self)
    loop.dismiss { $0.entrance === self }
  }
}

/// Who answers, and what it made for this loop. Kept by requests under way when somebody else takes the post.
final class Post {
  let responder: any Responder
  private(set) var state = Held<AnyObject>()

  init(_ responder: any Responder, on loop: Loop) {
    self.responder = responder
    state.put(responder.makeLoopState(on: LoopHandle(loop: loop)))
  }
}
