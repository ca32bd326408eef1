import CNghttp2

/// What the callbacks write down.
extension Session {
  func frameBegan(_ header: nghttp2_frame_hd) {
    switch UInt32(header.type) {
    case NGHTTP2_HEADERS.rawValue: break
    case NGHTTP2_DATA.rawValue: if header.length == 0, !header.endsStream { tally.cheapFrames += 1 }
    default: tally.cheapFrames += 1
    }
    guard isClient, UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue else { return }
    withStream(header.stream_id) { $0.wasReset = true }
  }

  func headersBegan(_ frame: UnsafePointer<nghttp2_frame>) {
    let id = frame.pointee.hd.stream_id
    guard frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else {
      // An answer after an interim one (RFC 9113 §8.1), or the trailers, which nobody keeps.
      if isClient {
        withStream(id) { stream in
          guard !stream.headed else { return }
          stream.fields.clear()
          stream.knownMark = 0
        }
      }
      return head.begin()
    }
    head.begin()
    let stream = engine.takeStream()
    stream._withUnsafeGuaranteedRef { $0.id = id }
    know(stream)
    nghttp2_session_set_stream_user_data(pointer, id, stream.toOpaque())
    latest = stream
    latestID = id
  }

  @inline(__always)
  func field(_ stream: Stream, _ name: OpaquePointer, _ value: OpaquePointer) {
    guard !stream.headed, !stream.fieldsOverflowed else { return }
    let before = head.meet(name, value)
    guard before >= 0 else { return }
    keep(stream, first: before)
    keep(stream, LastHead.bytes(name), LastHead.bytes(value))
  }

  /// Keeps fields that were thought to be the beginning of the same head as before.
  private func keep(_ stream: Stream, first count: Int) {
    for index in 0..<count { keep(stream, head.name(index), head.value(index)) }
  }

  /// Keeps a field in its stream.
  private func keep(_ stream: Stream, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard !stream.fieldsOverflowed else { return }
    let size = stream.fields.listSize + name.count + value.count + 32
    guard stream.fields.count < bounds.fieldCount, size <= bounds.fieldBytes else {
      stream.fieldsOverflowed = true
      return
    }
    guard name.count > 0, name[0] == UInt8(ascii: ":") else {
      if stream.hasAuthority, name.count == 4, name.elementsEqual("host".utf8) { return }
      return stream.fields.append(name: name, value: value)
    }
    // The library lets through the pseudo-fields of RFC 9113 §8.3.1 only, each at most once.
    switch name.count {
    case 5: stream.targetPiece = stream.fields.putAside(value)
    case 7 where isClient: stream.status = value.reduce(0) { $0 * 10 + Int($1 &- 48) }
    case 7 where name[1] == UInt8(ascii: "m"): stream.methodPiece = stream.fields.putAside(value)
    case 10:
      stream.hasAuthority = true
      stream.fields.append(name: Status.immortal("host"), value: value)
    default: break
    }
  }

  func data(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) {
    if isClient { take(stream, bytes.count) }
    guard !stream.closed, !stream.isRefused else { return }
    stream.received += bytes.count
    if stream.isStreamed {
      buffered += bytes.count
      stream.incoming.append(bytes)
      return note(stream)
    }
    if stream.bodyOverflowed {
      let excess = stream.received - bounds.bodyBytes - bounds.discardBytes
      if excess > 0, excess <= bytes.count { record(Event.discardOverflowed, stream) }
      return
    }
    if stream.received > bounds.bodyBytes {
      stream.bodyOverflowed = true
      buffered -= stream.incoming.count
      stream.incoming.clear(keeping: 0)
      return record(Event.bodyOverflowed, stream)
    }
    buffered += bytes.count
    stream.incoming.append(bytes)
    guard buffered > bounds.bufferedBytes else { return }
    // Given up at once, not when its reset is out: the streams beside it shall not suffer for its bytes.
    stream.isRefused = true
    buffered -= stream.incoming.count
    stream.incoming.clear(keeping: 0)
    record(Event.bufferOverflowed, stream)
  }

  func frameEnded(_ header: nghttp2_frame_hd, _ stream: Stream) {
    if !stream.headed {
      let before = head.end(stream)
      if before >= 0 {
        keep(stream, first: before)
        head.remember(stream)
      }
      if isClient, stream.status < 200, !stream.fieldsOverflowed { return interim(stream) }
      stream.headed = true
      if stream.fieldsOverflowed {
        record(Event.fieldsOverflowed, stream)
      } else if !header.endsStream {
        record(Event.headed, stream)
      }
    }
    guard header.endsStream else { return }
    stream.ended = true
    if !stream.fieldsOverflowed, !stream.isRefused { record(Event.ended, stream) }
  }

  /// An interim answer is over (RFC 9110 §15.2). Whoever sends nothing else is stopped.
  private func interim(_ stream: Stream) {
    stream.status = 0
    stream.interims += 1
    guard stream.interims > Session.interimLimit else { return }
    stream.fieldsOverflowed = true
    record(Event.fieldsOverflowed, stream)
  }

  /// Interim answers that one call may bring.
  private static let interimLimit = 32

  func streamClosed(_ stream: Stream, _ code: ErrorCode) {
    stream.closed = true
    buffered -= stream.incoming.count
    if latestID == stream.id { latest = nil }
    if stream.hasNews { forgetNews(of: stream) }
    forget(stream)
    engine.inbox.append(.closed(Unmanaged.passUnretained(stream), code))
  }

  func frameSent(_ header: nghttp2_frame_hd) {
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue { tally.cheapFrames += 1 }
    guard !isClient, header.carriesMessage, header.endsStream else { return }
    tally.repliesEnded += 1
    withStream(header.stream_id) { if !$0.ended { record(Event.repliedEarly, $0) } }
  }

  /// Puts one DATA frame (RFC 9113 §6.1) into the region being filled; false when there is no room for it.
  func place(frameHeader: UnsafePointer<UInt8>, count: Int, of stream: Stream) -> Bool {
    let header = UnsafeRawBufferPointer(start: frameHeader, count: Session.frameHeaderBytes)
    guard written + header.count + count <= region.count else { return false }
    put(header)
    put(stream.outgoing.bytes(from: stream.replySent, count: count))
    stream.replySent += count
    tally.dataSent += count
    return true
  }

  func record(_ event: (Stream.Reference) -> Event, _ stream: Stream) {
    engine.inbox.append(event(Unmanaged.passUnretained(stream)))
  }
}

extension nghttp2_frame_hd {
  /// END_STREAM.
  var endsStream: Bool { UInt32(flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 }

  /// HEADERS or DATA.
  var carriesMessage: Bool { UInt32(type) == NGHTTP2_HEADERS.rawValue || UInt32(type) == NGHTTP2_DATA.rawValue }
}
