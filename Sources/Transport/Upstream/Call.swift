import HTTP2
import NIOCore

/// One call to a backend and its answer, over whichever protocol; pooled by its event loop.
///
/// `Upstream.take` gives one out, to be filled and sent. Not `Sendable`: everything happens on its loop.
package final class Call {
  /// Where in its life the object is.
  enum Stage {
    case resting
    case filling
    /// The receiver will be told of a failure as soon as `send` has returned.
    case failing
    /// For a connection to be free.
    case waiting
    /// A connection has it, or will once it stands.
    case placed
    /// The receiver has been told.
    case told
  }

  /// The bytes: `reply` and `outgoing` are the call, `fields` and `incoming` its answer. HTTP/1.1 uses the same stores.
  let stream: HTTP2.Stream

  /// The answer's body is handed over in pieces; to be set before sending.
  package var streams = false

  /// What becomes of the call as a whole, if not `UpstreamSettings.Times.total`; to be set before sending.
  package var limit: Duration?

  var stage = Stage.resting
  var receiver: (any Receiver)?
  var tag = 0
  var upstream = Held<Upstream>()
  var connection = Held<UpstreamConnection>()

  /// Not counted: endpoints live as long as their upstream.
  var endpoint: Unmanaged<UpstreamEndpoint>?

  /// The one endpoint this call is meant for: it asks how that is.
  var pinned: UpstreamEndpoint?

  /// The endpoint that failed the first time.
  var avoided: UpstreamEndpoint?
  var hasRetried = false
  var isToHEAD = false

  /// Its method, target and fields were found in order when it was prepared.
  var isChecked = false

  /// It asks and changes nothing (RFC 9110 §9.2.1), so that it may be sent twice.
  var isSafe: Bool { isToHEAD || methodBytes.equals("GET") }

  /// A byte of it was handed to the socket, to TLS, or to HTTP/2's frames.
  var isSent: Bool { stream.isSent }

  var since = NIODeadline.uptimeNanoseconds(0)
  var watch = Watch()
  var heldBytes = 0
  private var isKept = false

  private init(stream: HTTP2.Stream) { self.stream = stream }

  /// A stream and the call that goes with it.
  static func makeStream() -> HTTP2.Stream {
    let stream = HTTP2.Stream()
    stream.join(Call(stream: stream))
    return stream
  }

  // MARK: Life

  /// Keeps the answer readable beyond the call to the receiver, until `release`.
  package func keep() { isKept = true }

  /// Gives the object back to its loop, once the receiver has been told: it must not be touched any more. Also for a
  /// call that was taken and will not be sent.
  package func release() {
    isKept = false
    if stage == .filling { stage = .told }
    settle()
  }

  /// Goes back to the pool when nobody needs it: neither the receiver nor a session of HTTP/2.
  func settle() {
    guard stage == .told, !isKept, stream.id == 0 || stream.closed, let upstream = upstream.take() else { return }
    stage = .resting
    receiver = nil
    endpoint = nil
    _ = connection.take()
    if pinned != nil { pinned = nil }
    if avoided != nil { avoided = nil }
    upstream.giveBack(self)
  }

  func open(for upstream: Upstream) {
    self.upstream.put(upstream)
    stage = .filling
    streams = false
    limit = nil
    tag = 0
    hasRetried = false
    isToHEAD = false
    isChecked = false
    heldBytes = 0
  }

  /// Forgets what a first try left behind, and nothing of the call itself.
  func rewind() {
    stream.rewind()
    _ = connection.take()
    endpoint = nil
  }

  /// The answer has begun; an interim one is none.
  var hasBegun: Bool { stream.status >= 200 }

  /// Bytes that moved so far, either way.
  var moved: Int { stream.replySent + stream.received + (hasBegun ? stream.fields.listSize + 1 : 0) }
}

extension HTTP2.Stream {
  /// Lends the call that goes with the stream: the loop's pool of calls makes them together, and nothing else.
  @inline(__always)
  func withCall(_ body: (Call) -> Void) { _ = withOwner(Call.self, body) }
}
