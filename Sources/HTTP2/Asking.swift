import CNghttp2

/// What the owner of a client's session may ask of it.
extension Session {
  /// Sends the stream's `reply` fields and its `outgoing` as a request: method and target from its pieces of `reply`.
  /// Both stay untouched until the stream closes. False when the peer takes no more requests.
  package func request(on stream: Stream, scheme: StaticString, authority: UnsafeRawBufferPointer, length: Int?) -> Bool
  {
    guard isClient, stream.id == 0, mayRequest else { return false }
    engine.outgoing.removeAll()
    engine.outgoing.append(Session.pair(Status.immortal(":method"), stream.reply.bytes(of: stream.methodPiece)))
    engine.outgoing.append(Session.pair(Status.immortal(":scheme"), Status.immortal(scheme)))
    var named = Session.pair(Status.immortal(":authority"), authority)
    named.flags = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
    engine.outgoing.append(named)
    engine.outgoing.append(Session.pair(Status.immortal(":path"), stream.reply.bytes(of: stream.targetPiece)))
    engine.gather(stream.reply)
    guard let length else { return submit(stream) }
    return withDigits(length) { digits in
      var pair = Session.pair(Status.immortal("content-length"), digits)
      pair.flags = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
      engine.outgoing.append(pair)
      return submit(stream)
    }
  }

  private func submit(_ stream: Stream) -> Bool {
    let reference = Unmanaged.passUnretained(stream)
    var source = nghttp2_data_provider(
      source: nghttp2_data_source(ptr: reference.toOpaque()), read_callback: Callbacks.bodySource)
    let pairs = engine.outgoing.elements
    let id =
      stream.outgoing.isEmpty
      ? nghttp2_submit_request(pointer, nil, pairs.baseAddress, pairs.count, nil, reference.toOpaque())
      : nghttp2_submit_request(pointer, nil, pairs.baseAddress, pairs.count, &source, reference.toOpaque())
    guard id > 0 else { return false }
    stream.id = id
    know(reference)
    return true
  }

  private func withDigits(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { room in
      var rest = number
      var position = room.count
      repeat {
        position -= 1
        room[position] = UInt8(48 + rest % 10)
        rest /= 10
      } while rest > 0
      return body(UnsafeRawBufferPointer(rebasing: room[position...]))
    }
  }

  /// The peer takes requests: it has not said goodbye, and there are numbers left.
  package var mayRequest: Bool { nghttp2_session_check_request_allowed(pointer) != 0 }

  /// Most streams the peer wants open at one time.
  package var peerStreams: Int {
    Int(nghttp2_session_get_remote_settings(pointer, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
  }

  /// The owner has taken `count` bytes out of the stream's `incoming`, which is read in pieces: the peer may send more.
  package func consumed(_ stream: Stream, _ count: Int) {
    guard stream.isStreamed, !stream.closed, stream.id > 0 else { return }
    buffered -= count
    nghttp2_session_consume_stream(pointer, stream.id, count)
  }

  /// Hands over the streams that are read in pieces and on which something came since the last time.
  package func takeNews(_ act: (Stream) -> Void) {
    while let stream = news.popLast() {
      stream._withUnsafeGuaranteedRef { stream in
        stream.hasNews = false
        act(stream)
      }
    }
  }

  /// Puts a stream on the list of those with news.
  package func note(_ stream: Stream) {
    guard !stream.hasNews, !stream.closed else { return }
    stream.hasNews = true
    news.append(Unmanaged.passUnretained(stream))
  }

  /// A stream that is closed may be gone before its news are taken.
  func forgetNews(of stream: Stream) {
    stream.hasNews = false
    let reference = Unmanaged.passUnretained(stream).toOpaque()
    guard let index = news.elements.firstIndex(where: { $0.toOpaque() == reference }), let last = news.popLast() else {
      return
    }
    if index < news.count { news[index] = last }
  }

  /// Bytes of body have arrived. The connection's window is for all streams and never waits for one reader.
  func take(_ stream: Stream, _ count: Int) {
    if stream.isStreamed, !stream.isRefused {
      nghttp2_session_consume_connection(pointer, count)
    } else {
      nghttp2_session_consume(pointer, stream.id, count)
    }
  }
}
