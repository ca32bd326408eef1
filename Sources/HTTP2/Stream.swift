/// One stream of a session: what came in on it, what is to go out.
///
/// Objects go back to the engine's pool and come out of it for other streams; `owner` is what the session's owner keeps
/// beside the stream, so that nothing has to be looked up.
///
/// The engine owns every stream from its making to its end; everybody else refers to it by `Reference`, which counts
/// nothing: counting references was a fifth of the cost of a request.
@usableFromInline
package final class Stream {
  /// Refers to a stream without keeping it alive. The engine keeps it: a stream that is open, or named in an event that
  /// is being acted on, is never dropped.
  package typealias Reference = Unmanaged<Stream>

  /// Memory of a store above which a pooled object gives it back; most messages need less.
  package static let keptBytes = 16 * 1024

  /// The companion object, made with the stream and living as long. The two hold each other; the engine parts them when
  /// it drops the stream.
  @usableFromInline
  var owner = Held<AnyObject>()

  /// Number of the stream on its connection, 0 while the object rests in the pool.
  package var id: Int32 = 0

  /// Fields of the message that came in; `:authority` is kept as `host`, the other pseudo-fields in the pieces below.
  package var fields = FieldBlock()

  /// `:method`, or its counterpart in another protocol.
  package var methodPiece = FieldBlock.Piece.none

  /// `:path`, or its counterpart in another protocol.
  package var targetPiece = FieldBlock.Piece.none

  /// The mark of `fields`, where it is known already; else 0.
  var knownMark: UInt64 = 0

  /// A number that is the same for heads that are the same, and mostly another one for others.
  package var headMark: UInt64 { knownMark != 0 ? knownMark : fields.mark }

  /// Body that came in so far, never more than the session's bound.
  package var incoming = ByteStore()

  /// Fields to send.
  package var reply = FieldBlock()

  /// Body to send.
  package var outgoing = ByteStore()

  /// How much of `outgoing` is on its way; grows only as the peer's windows allow.
  package var replySent = 0

  /// Bytes of body that came in, kept or not.
  package var received = 0

  /// The message's head, or a part of it, has left on its way.
  package var isSent = false

  /// More may be added to `outgoing`: an empty one is not the end. See `Session.resume`.
  package var isOpenEnded = false

  /// The body is read in pieces: it is not limited, and the peer waits until they are taken.
  package var isStreamed = false

  /// The peer broke the protocol on this stream.
  package internal(set) var isBroken = false

  /// The peer has ended this stream by itself (RST_STREAM).
  package internal(set) var wasReset = false

  /// On the session's list of news.
  var hasNews = false

  /// Interim answers that came.
  var interims = 0

  /// `:status` of an answer that came in, or its counterpart in another protocol.
  package var status = 0

  /// The request carried `:authority`, so that a `host` field beside it is ignored (RFC 9113 §8.3.1).
  package var hasAuthority = false

  /// More fields came than the session's bounds allow; the rest was not kept.
  package var fieldsOverflowed = false

  /// More body came than the session's bounds allow; nothing of it is kept.
  package var bodyOverflowed = false

  /// Its body would have been too much for the connection as a whole; nothing more of it is kept.
  package var isRefused = false

  /// The first header block is complete.
  package var headed = false

  /// The peer has sent everything.
  package var ended = false

  /// The session no longer knows this stream.
  package var closed = false

  /// Place in the session's list of streams.
  var slot = -1

  /// Place in the engine's list.
  var place = 0

  /// A fresh object for the pool.
  package init() {}

  /// Puts the companion beside the stream.
  package func join(_ companion: AnyObject) { owner.put(companion) }

  /// Lends the companion, which has to be of the type: whoever made the stream knows.
  @inlinable @inline(__always)
  package func withOwner<Owner: AnyObject, Result>(_ type: Owner.Type, _ body: (Owner) -> Result) -> Result? {
    owner.lent.use { body(unsafeDowncast($0, to: type)) }
  }

  /// Lets the companion go.
  func part() { _ = owner.take() }

  /// Forgets what came in and how far the message went out, but not the message, which may go out once more elsewhere.
  package func rewind() {
    id = 0
    fields.clear()
    knownMark = 0
    incoming.clear()
    replySent = 0
    received = 0
    isSent = false
    isBroken = false
    wasReset = false
    hasNews = false
    interims = 0
    status = 0
    fieldsOverflowed = false
    bodyOverflowed = false
    isRefused = false
    headed = false
    ended = false
    closed = false
    slot = -1
  }

  /// Forgets the stream that was, keeps the memory.
  func recycle() {
    id = 0
    fields.clear(keeping: Self.keptBytes)
    knownMark = 0
    methodPiece = .none
    targetPiece = .none
    incoming.clear(keeping: Self.keptBytes)
    reply.clear(keeping: Self.keptBytes)
    outgoing.clear(keeping: Self.keptBytes)
    replySent = 0
    received = 0
    isSent = false
    isBroken = false
    wasReset = false
    hasNews = false
    interims = 0
    status = 0
    isOpenEnded = false
    isStreamed = false
    hasAuthority = false
    fieldsOverflowed = false
    bodyOverflowed = false
    isRefused = false
    headed = false
    ended = false
    closed = false
    slot = -1
  }
}
