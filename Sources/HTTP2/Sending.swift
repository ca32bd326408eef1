import CNghttp2

/// What the owner may ask of a session. Everything is queued and leaves with the next `fill`; what the library refuses
/// is answered by false and never traps, because a peer that closes a stream in time can cause it.
extension Session {
  /// Answers on `stream` with its `reply` fields and its `outgoing`, which stay untouched until the stream closes.
  /// Without a body the stream ends with the fields.
  package func respond(on stream: Stream, status: Int, withBody: Bool) -> Bool {
    guard !stream.closed, stream.id > 0 else { return false }
    let digits = Status.digits(status)
    engine.outgoing.removeAll()
    engine.outgoing.append(Session.pair(Status.name, digits))
    engine.gather(stream.reply)
    var source = nghttp2_data_provider(
      source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()),
      read_callback: Callbacks.bodySource)
    let pairs = engine.outgoing.elements
    let code =
      withBody && (stream.isOpenEnded || !stream.outgoing.isEmpty)
      ? nghttp2_submit_response(pointer, stream.id, pairs.baseAddress, pairs.count, &source)
      : nghttp2_submit_response(pointer, stream.id, pairs.baseAddress, pairs.count, nil)
    return code == 0
  }

  /// Goes on with an answer that was open-ended and had nothing to send, or has an end now.
  package func resume(_ stream: Stream) {
    guard !stream.closed else { return }
    nghttp2_session_resume_data(pointer, stream.id)
  }

  /// Tells the peer to go on and send the body (RFC 9110 §15.2.1).
  @discardableResult
  package func sendContinue(on stream: Stream) -> Bool {
    guard !stream.closed else { return false }
    var pair = Session.pair(Status.name, Status.digits(100))
    return nghttp2_submit_headers(pointer, flagNone, stream.id, nil, &pair, 1, nil) == 0
  }

  /// Ends one stream (RST_STREAM, RFC 9113 §6.4); its `.closed` event comes with a later `fill`.
  @discardableResult
  package func reset(_ stream: Stream, _ code: ErrorCode) -> Bool {
    guard !stream.closed else { return false }
    return nghttp2_submit_rst_stream(pointer, flagNone, stream.id, code.rawValue) == 0
  }

  /// Ends the connection: GOAWAY with this code, then nothing more (RFC 9113 §6.8).
  @discardableResult
  package func terminate(_ code: ErrorCode) -> Bool {
    nghttp2_session_terminate_session(pointer, code.rawValue) == 0
  }

  /// Announces that the connection will end, refusing nothing yet: the first half of a graceful end.
  @discardableResult
  package func announceShutdown() -> Bool { nghttp2_submit_shutdown_notice(pointer) == 0 }

  /// Refuses streams that are newer than the newest seen; the open ones are finished, then the session is over.
  @discardableResult
  package func refuseNewStreams() -> Bool {
    let last = nghttp2_session_get_last_proc_stream_id(pointer)
    return nghttp2_submit_goaway(pointer, flagNone, last, ErrorCode.noError.rawValue, nil, 0) == 0
  }

  /// Hands over the streams that are still open, because the connection is gone.
  package func abandon(_ act: (Stream) -> Void) {
    latest = nil
    news.removeAll()
    while let last = popStream() {
      let stream = last.takeUnretainedValue()
      stream.slot = -1
      stream.closed = true
      act(stream)
    }
  }

  /// A GOAWAY frame written by hand, for a session that the library has given up: it sends nothing any more.
  package func lastWord(_ code: ErrorCode, into room: UnsafeMutableRawBufferPointer) -> Int {
    let last = UInt32(bitPattern: nghttp2_session_get_last_proc_stream_id(pointer))
    guard room.count >= 17 else { return 0 }
    let frame: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0]
    room.copyBytes(from: frame)
    room.storeBytes(of: last.bigEndian, toByteOffset: 9, as: UInt32.self)
    room.storeBytes(of: code.rawValue.bigEndian, toByteOffset: 13, as: UInt32.self)
    return 17
  }

  /// A field whose bytes the library is not to copy: they live in the stream until it closes, or for ever.
  static func pair(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> nghttp2_nv {
    nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? Status.nothing),
      value: UnsafeMutablePointer(mutating: value.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? Status.nothing),
      namelen: name.count, valuelen: value.count,
      flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue))
  }
}
