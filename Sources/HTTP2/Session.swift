import CNghttp2
import Glibc

/// One side of an HTTP/2 connection (RFC 9113): bytes in, recorded events and bytes out.
///
/// Nothing is called back. `receive` and `fill` return first; then the owner takes the engine's events and acts on
/// them, for instance by `respond`. What the library reports as an error is a value here, because a peer can cause it.
package final class Session {
  /// Bounds on what one peer may make us keep.
  package struct Bounds: Sendable {
    /// Most fields of one message.
    package var fieldCount = 100
    /// Most octets of one message's fields, decoded, counted as in RFC 9113 §10.5.1.
    package var fieldBytes = 64 * 1024
    /// Most octets of one body.
    package var bodyBytes = 1_100_000
    /// Most octets of a body that was too large which are still taken and thrown away.
    package var discardBytes = 16 * 1024 * 1024
    /// Most octets of all bodies that the connection holds at one time.
    package var bufferedBytes = 16 * 1024 * 1024
    /// Most streams open at one time (SETTINGS_MAX_CONCURRENT_STREAMS).
    package var streams = 128
    /// Octets that the peer may send on one stream ahead of our reading (SETTINGS_INITIAL_WINDOW_SIZE).
    package var streamWindow = 256 * 1024
    /// The same for the whole connection.
    package var connectionWindow = 16 * 1024 * 1024

    /// The defaults.
    package init() {}
  }

  /// What `fill` did.
  package struct Filled: Sendable {
    /// Bytes now in the region.
    package var count: Int
    /// There is more to send at once than the region could take.
    package var more: Bool
  }

  /// A frame's header on the wire (RFC 9113 §4.1).
  static let frameHeaderBytes = 9

  /// Room that has to be left for the next piece of output: one frame of the size we allow ourselves, and its header.
  static let pieceBytes = 16 * 1024 + 256

  let engine: Engine

  /// It asks; otherwise it is asked.
  let isClient: Bool

  /// May be changed; what the peer has been told stays as it was told: streams and windows.
  package var bounds: Bounds { didSet { head.distrust() } }
  private(set) var pointer: OpaquePointer?

  /// Streams that are open, in no order.
  private(set) var streams = List<Stream.Reference>()

  /// What came last, to know it again.
  var head = LastHead()

  /// What passed since the owner last looked.
  package var tally = Tally()

  /// Octets of body held by the open streams.
  package internal(set) var buffered = 0

  /// The stream that the last field or data belonged to: mostly the next one, too.
  var latest: Stream.Reference?
  var latestID: Int32 = 0

  var region = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  var written = 0

  /// A piece the library has handed out and that did not fit; valid until the library is asked for the next.
  private var carried = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Streams whose body is read in pieces and has grown, or whose head is complete, since they were last taken out.
  var news = List<Stream.Reference>()

  /// A server's session, its SETTINGS queued; nil when the library has no memory for it.
  package convenience init?(serverOn engine: Engine, bounds: Bounds) {
    self.init(
      on: engine, bounds: bounds, isClient: false,
      settings: [
        Session.setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, bounds.streams),
        Session.setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.streamWindow),
        Session.setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, bounds.fieldBytes),
        Session.setting(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
      ])
  }

  /// A client's session, preface and SETTINGS queued; nil when the library has no memory for it.
  package convenience init?(clientOn engine: Engine, bounds: Bounds) {
    self.init(
      on: engine, bounds: bounds, isClient: true,
      settings: [
        Session.setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 0),
        Session.setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.streamWindow),
        Session.setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, bounds.fieldBytes),
        Session.setting(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
      ])
  }

  private init?(on engine: Engine, bounds: Bounds, isClient: Bool, settings: [nghttp2_settings_entry]) {
    self.engine = engine
    self.bounds = bounds
    self.isClient = isClient
    var memory = engine.memory.table()
    let user = Unmanaged.passUnretained(self).toOpaque()
    let code =
      isClient
      ? nghttp2_session_client_new3(&pointer, engine.callbacks, user, engine.clientOptions, &memory)
      : nghttp2_session_server_new3(&pointer, engine.callbacks, user, engine.serverOptions, &memory)
    guard code == 0, nghttp2_submit_settings(pointer, flagNone, settings, settings.count) == 0,
      nghttp2_session_set_local_window_size(pointer, flagNone, 0, Int32(bounds.connectionWindow)) == 0
    else { return nil }
  }

  private static func setting(_ name: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
    nghttp2_settings_entry(settings_id: Int32(name.rawValue), value: UInt32(value))
  }

  deinit {
    head.clear()
    nghttp2_session_del(pointer)
  }

  /// Takes in what the peer sent. Nil when the session can go on; otherwise it is over, and the code is what to tell
  /// the peer by `lastWord`. Events are recorded in both cases.
  package func receive(_ bytes: UnsafeRawBufferPointer) -> ErrorCode? {
    let used = nghttp2_session_mem_recv(pointer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    guard used < 0 else { return nil }
    switch nghttp2_error(rawValue: Int32(used)) {
    case NGHTTP2_ERR_FLOODED: return .enhanceYourCalm
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC: return .protocolError
    default: return .internalError
    }
  }

  /// Writes what is to be sent into `room`, which should hold 64 KiB or more. Events are recorded.
  package func fill(_ room: UnsafeMutableRawBufferPointer) -> Filled {
    region = room
    written = 0
    defer { region = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    if carried.count > 0 {
      guard carried.count <= region.count else { return Filled(count: 0, more: true) }
      put(carried)
      carried = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    while region.count - written >= Session.pieceBytes {
      var piece: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(pointer, &piece)
      // None left, or no room for a body that is placed by us (`place`): the library knows which.
      guard count > 0, let piece else { break }
      let bytes = UnsafeRawBufferPointer(start: piece, count: count)
      guard count <= region.count - written else {
        carried = bytes
        break
      }
      put(bytes)
    }
    return Filled(count: written, more: carried.count > 0 || wantsToSend)
  }

  /// Copies to where the region is filled up to; the caller has seen that there is room.
  func put(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = region.baseAddress else { return }
    memcpy(target + written, source, bytes.count)
    written += bytes.count
  }

  /// There is something that could be sent now.
  package var wantsToSend: Bool { nghttp2_session_want_write(pointer) != 0 }

  /// Neither side has anything left to say: the connection may be closed.
  package var isOver: Bool { nghttp2_session_want_read(pointer) == 0 && nghttp2_session_want_write(pointer) == 0 }

  /// Lends the open stream of that number, if there is one.
  @inline(__always)
  func withStream(_ id: Int32, _ body: (Stream) -> Void) {
    if let latest, latestID == id { return latest._withUnsafeGuaranteedRef(body) }
    guard let user = nghttp2_session_get_stream_user_data(pointer, id) else { return }
    let stream = Stream.Reference.fromOpaque(user)
    latest = stream
    latestID = id
    stream._withUnsafeGuaranteedRef(body)
  }

  /// Number of streams that are open.
  package var openStreams: Int { streams.count }

  /// Hands over each stream that is open; none may open or close meanwhile.
  package func forEachStream(_ body: (Stream) throws -> Void) rethrows {
    for stream in streams.elements { try body(stream.takeUnretainedValue()) }
  }

  /// Puts a stream on the list of open ones.
  func know(_ stream: Stream.Reference) {
    stream._withUnsafeGuaranteedRef { $0.slot = streams.count }
    streams.append(stream)
  }

  /// The stream that was opened last, off the list; nil when there is none.
  func popStream() -> Stream.Reference? { streams.popLast() }

  /// Takes a stream off the list of open ones.
  func forget(_ stream: Stream) {
    let slot = stream.slot
    guard slot >= 0, slot < streams.count else { return }
    guard let last = streams.popLast() else { return }
    if slot < streams.count {
      streams[slot] = last
      last._withUnsafeGuaranteedRef { $0.slot = slot }
    }
    stream.slot = -1
  }
}

/// Most calls of the library take flags and know none.
let flagNone = UInt8(NGHTTP2_FLAG_NONE.rawValue)
