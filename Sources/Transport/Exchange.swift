import Glibc
import HTTP2
import NIOCore

/// One request and its answer, over whichever protocol; pooled by its event loop.
///
/// Not `Sendable`: everything here happens on the exchange's loop, and pointers handed out are valid until the caller
/// returns to it. From elsewhere there is `Handle`.
package final class Exchange {
  /// Where in its life the object is.
  enum Stage { case resting, reading, answering, finished, discarding }

  /// The bytes: what came in and what is to go out. HTTP/1.1 uses the same stores, without a session.
  let stream: HTTP2.Stream

  /// What the responder made for this event loop; it and the responder stay the same until the exchange has ended.
  package var context: AnyObject { post.lent.use { $0.state.object ?? self } ?? self }

  /// Lends the same to the responder that made it, and therefore knows what it is.
  @inline(__always)
  package func withContext<Context: AnyObject>(_ type: Context.Type, _ body: (Context) -> Void) {
    _ = post.lent.use { post in _ = post.state.lent.use { body(unsafeDowncast($0, to: type)) } }
  }

  /// The only thread this object is touched on.
  let eventLoop: any EventLoop

  /// The request's method.
  package internal(set) var method = Method.other

  /// The protocol it came by.
  package internal(set) var version = HTTPVersion.http11

  /// The body passed the limit: `body` is empty, and the answer should say so (413).
  package internal(set) var bodyTooLarge = false

  var stage = Stage.resting
  var path = FieldBlock.Piece.none
  var query = FieldBlock.Piece.none
  var status = 200
  var dialogue = Held<Dialogue>()

  /// Who answers, from the moment it is asked to.
  var post = Held<Post>()

  /// Counts the requests this object has served, so that a late `Handle` sees that its request is gone.
  var generation: UInt64 = 0

  /// Handles out, not yet resumed.
  var holds = 0

  /// Progress in the present stage.
  var watch = Watch()

  /// The answer leaves while it is made; see `Handle.write`.
  var isStreaming = false

  /// Octets of body that were sent and are not held any more.
  var forgotten = 0

  /// Whoever makes the answer and waits for room.
  var pause: CheckedContinuation<Bool, Never>?

  private init(stream: HTTP2.Stream, eventLoop: any EventLoop) {
    self.stream = stream
    self.eventLoop = eventLoop
  }

  /// A stream and the exchange that goes with it.
  static func makeStream(eventLoop: any EventLoop) -> HTTP2.Stream {
    let stream = HTTP2.Stream()
    stream.join(Exchange(stream: stream, eventLoop: eventLoop))
    return stream
  }

  /// Forgets the request that was; its stream is recycled by the engine.
  func recycle() {
    generation &+= 1
    if isStreaming { proceed(false) }
    isStreaming = false
    forgotten = 0
    stage = .resting
    _ = dialogue.take()
    _ = post.take()
    holds = 0
    bodyTooLarge = false
    status = 200
    path = .none
    query = .none
  }

  /// Makes ready for the request that begins.
  func open(for dialogue: Dialogue, version: HTTPVersion, at now: NIODeadline) {
    self.dialogue.put(dialogue)
    self.version = version
    stage = .reading
    watch.restart(at: now, count: 0)
    dialogue.count(self, by: 1)
  }

  /// Divides the target once both protocols have put it in place.
  func divideTarget() {
    let target = stream.targetPiece
    let bytes = stream.fields.bytes(of: target)
    guard let start = bytes.baseAddress, let found = memchr(start, CInt(UInt8(ascii: "?")), bytes.count) else {
      path = target
      query = .none
      return
    }
    let mark = UnsafeRawPointer(found) - start
    path = FieldBlock.Piece(offset: target.offset, count: mark)
    query = FieldBlock.Piece(offset: target.offset + mark + 1, count: bytes.count - mark - 1)
  }
}

extension HTTP2.Stream {
  /// Lends the exchange that goes with the stream: the loop's pool makes them together, and nothing else.
  @inline(__always)
  func withExchange(_ body: (Exchange) -> Void) { _ = withOwner(Exchange.self, body) }
}
