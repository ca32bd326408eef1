import HTTP2
import NIOCore

/// One connection's conversation with a backend in one protocol. The connection hands in bytes and asks for output; the
/// conversation keeps the calls.
class UpstreamTalk {
  /// Has the talk, and is what everybody comes by.
  private let place: Unmanaged<UpstreamConnection>
  var connection: UpstreamConnection { place.takeUnretainedValue() }
  let endpoint: UpstreamEndpoint
  let upstream: Upstream

  init(on connection: UpstreamConnection) {
    place = .passUnretained(connection)
    endpoint = connection.endpoint
    upstream = connection.upstream
  }

  /// Lends the connection without counting that.
  func withConnection(_ body: (UpstreamConnection) -> Void) { place._withUnsafeGuaranteedRef(body) }

  /// How many more calls it can take now.
  var room: Int { 0 }

  /// One call at a time: between two calls the server has nothing to say.
  var isSequential: Bool { false }

  /// No call is under way.
  var isIdle: Bool { true }

  /// Nothing more can be done on this connection: it is closed once the output is out.
  var isOver: Bool { false }

  /// Whether more input is welcome.
  var wantsInput: Bool { true }

  /// Takes a call; there was room.
  func begin(_ call: Call, at now: NIODeadline) {}

  /// Bytes came in.
  func receive(_ bytes: UnsafeRawBufferPointer) {}

  /// Adds what can be sent to `out`; true when there is more than that to send at once.
  func produce(into out: inout ByteBuffer) -> Bool { false }

  /// Lets go of a call that is wanted no more.
  func drop(_ call: Call) {}

  /// The receiver has taken bytes of a call's body.
  func consumed(_ call: Call, _ count: Int) {}

  /// Hands every call to `act`.
  func forEachCall(_ act: (Call) -> Void) {}

  /// The connection is gone: each call ends. `isClean` when the server ended it in the proper way.
  func ended(_ kind: UpstreamFault.Kind, isClean: Bool) {}
}
