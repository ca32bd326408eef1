import CNghttp2

/// What all sessions of one event loop share: the library's callbacks and options, the pool of streams, the inbox.
///
/// Not `Sendable`: it belongs to one loop, and nothing in it is locked.
package final class Engine {
  /// What was recorded by the last call into a session; whoever made the call takes it out with `takeEvents`.
  var inbox = List<Event>()

  /// Scratch for the fields of one header block on its way out.
  var outgoing = List<nghttp2_nv>()

  /// Streams at rest.
  private var pool = List<Stream.Reference>()

  /// All streams, resting or open: this is what keeps them alive.
  private var streams: [Stream] = []

  let callbacks: OpaquePointer
  let serverOptions: OpaquePointer
  let clientOptions: OpaquePointer
  let memory = Slab()
  private let makeStream: () -> Stream
  private var fewest = 0

  /// Most streams that rest in the pool.
  package static let poolLimit = 1024

  /// An engine whose streams are made by `makeStream`; nil when the library has no memory for it.
  package init?(makeStream: @escaping () -> Stream) {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    var clients: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks else { return nil }
    guard nghttp2_option_new(&options) == 0, let options else {
      nghttp2_session_callbacks_del(callbacks)
      return nil
    }
    guard nghttp2_option_new(&clients) == 0, let clients else {
      nghttp2_session_callbacks_del(callbacks)
      nghttp2_option_del(options)
      return nil
    }
    Callbacks.install(on: callbacks)
    Engine.set(bounds: options)
    Engine.set(bounds: clients)
    // Who reads a body in pieces says itself when it has taken one.
    nghttp2_option_set_no_auto_window_update(clients, 1)
    clientOptions = clients
    self.callbacks = callbacks
    self.serverOptions = options
    self.makeStream = makeStream
  }

  deinit {
    for stream in streams { stream.part() }
    nghttp2_session_callbacks_del(callbacks)
    nghttp2_option_del(serverOptions)
    nghttp2_option_del(clientOptions)
  }

  /// Messages are validated by the library (RFC 9113 §8), which is why its option for that is not touched here.
  private static func set(bounds options: OpaquePointer) {
    nghttp2_option_set_no_closed_streams(options, 1)
    nghttp2_option_set_max_outbound_ack(options, 1_000)
    nghttp2_option_set_max_settings(options, 32)
    nghttp2_option_set_max_continuations(options, 8)
    nghttp2_option_set_stream_reset_rate_limit(options, 1_000, 100)
  }

  /// A stream from the pool, or a new one.
  package func takeStream() -> Stream.Reference {
    if let stream = pool.popLast() {
      fewest = min(fewest, pool.count)
      return stream
    }
    let stream = makeStream()
    stream.place = streams.count
    streams.append(stream)
    return Unmanaged.passUnretained(stream)
  }

  /// Number of streams, resting or open.
  package var streamCount: Int { streams.count }

  /// Recycles a stream that nobody works on any more.
  package func giveBack(_ stream: Stream) {
    stream.recycle()
    if pool.count < Engine.poolLimit { pool.append(Unmanaged.passUnretained(stream)) } else { drop(stream) }
  }

  /// Frees the streams that nobody needed since the last call; called now and then, so that memory comes back after a
  /// rush. Answers how many were freed.
  package func trim() -> Int {
    let spare = min(fewest, pool.count)
    for stream in pool.elements.prefix(spare) { drop(stream.takeUnretainedValue()) }
    pool.removeFirst(spare)
    fewest = pool.count
    return spare
  }

  /// Frees all that rests: for when nobody is left to be served.
  package func letGo() {
    for stream in pool.elements { drop(stream.takeUnretainedValue()) }
    pool.removeAll()
    fewest = 0
    memory.letGo()
  }

  private func drop(_ stream: Stream) {
    stream.part()
    let last = streams.removeLast()
    guard stream.place < streams.count else { return }
    last.place = stream.place
    streams[stream.place] = last
  }

  /// Puts the fields of a message behind what is in `outgoing` already. Values that are another one each time are not
  /// entered into the compression's table (RFC 7541 §6.2.3), where they would push out what comes again.
  func gather(_ fields: borrowing FieldBlock) {
    fields.forEach { name, value, isPassing in
      var pair = Session.pair(name, value)
      if isPassing { pair.flags |= UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) }
      outgoing.append(pair)
    }
  }

  /// Hands every recorded event to `act`, in order. `act` may submit to sessions, but not call `receive` or `fill`.
  package func takeEvents(_ act: (Event) -> Void) {
    var index = 0
    while index < inbox.count {
      act(inbox[index])
      index += 1
    }
    inbox.removeAll()
  }
}
