import CNghttp2

/// What the callbacks write down.
extension Session {
  func frameBegan(_ header: nghttp2_frame_hd) {
    switch UInt32(header.type) {
    case NGHTTP2_HEADERS.rawValue: break
    case NGHTTP2_DATA.rawValue:
      let last = UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
      if header.length == 0, !last { tally.cheapFrames += 1 }
    default: tally.cheapFrames += 1
    }
  }

  func headersBegan(_ frame: UnsafePointer<nghttp2_frame>) {
    guard UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
    else { return }
    let stream = engine.takeStream()
    stream.id = frame.pointee.hd.stream_id
    stream.slot = streams.count
    streams.append(stream)
    nghttp2_session_set_stream_user_data(pointer, stream.id, Unmanaged.passUnretained(stream).toOpaque())
    latest = stream
    engine.inbox.append(.began(stream))
  }

  func field(_ id: Int32, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard let stream = stream(id), !stream.headed, !stream.fieldsOverflowed else { return }
    let size = stream.fields.listSize + name.count + value.count + 32
    guard stream.fields.count < bounds.fieldCount, size <= bounds.fieldBytes else {
      stream.fieldsOverflowed = true
      return
    }
    guard name.first == UInt8(ascii: ":") else {
      if stream.hasAuthority, name.elementsEqual("host".utf8) { return }
      return stream.fields.append(name: name, value: value)
    }
    // The library lets through the pseudo-fields of RFC 9113 §8.3.1 only, each at most once.
    switch name.count {
    case 5: stream.targetPiece = stream.fields.putAside(value)
    case 7 where name[1] == UInt8(ascii: "m"): stream.methodPiece = stream.fields.putAside(value)
    case 10:
      stream.hasAuthority = true
      "host".utf8.withContiguousStorageIfAvailable {
        stream.fields.append(name: UnsafeRawBufferPointer($0), value: value)
      }
    default: break
    }
  }

  func data(_ id: Int32, _ bytes: UnsafeRawBufferPointer) {
    tally.dataReceived += bytes.count
    guard let stream = stream(id), !stream.closed else { return }
    stream.received += bytes.count
    if stream.bodyOverflowed {
      let excess = stream.received - bounds.bodyBytes - bounds.discardBytes
      if excess > 0, excess <= bytes.count { engine.inbox.append(.discardOverflowed(stream)) }
      return
    }
    if stream.received > bounds.bodyBytes {
      stream.bodyOverflowed = true
      buffered -= stream.incoming.count
      stream.incoming.clear(keeping: 0)
      engine.inbox.append(.bodyOverflowed(stream))
      return
    }
    buffered += bytes.count
    stream.incoming.append(bytes)
    if buffered > bounds.bufferedBytes { engine.inbox.append(.bufferOverflowed(stream)) }
  }

  func frameEnded(_ header: nghttp2_frame_hd) {
    let type = UInt32(header.type)
    guard type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue else { return }
    guard let stream = stream(header.stream_id) else { return }
    let last = UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    if type == NGHTTP2_HEADERS.rawValue, !stream.headed {
      stream.headed = true
      if stream.fieldsOverflowed {
        engine.inbox.append(.fieldsOverflowed(stream))
      } else if !last {
        engine.inbox.append(.headed(stream))
      }
    }
    guard last else { return }
    stream.ended = true
    if !stream.fieldsOverflowed { engine.inbox.append(.ended(stream)) }
  }

  func streamClosed(_ id: Int32, _ code: ErrorCode) {
    guard let stream = stream(id) else { return }
    stream.closed = true
    buffered -= stream.incoming.count
    if latest === stream { latest = nil }
    forget(stream)
    engine.inbox.append(.closed(stream, code))
  }

  func frameSent(_ header: nghttp2_frame_hd) {
    switch UInt32(header.type) {
    case NGHTTP2_RST_STREAM.rawValue: tally.cheapFrames += 1
    case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
      guard UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 else { return }
      tally.repliesEnded += 1
      if let stream = stream(header.stream_id), !stream.ended { engine.inbox.append(.repliedEarly(stream)) }
    default: break
    }
  }

  func frameNotSent(_ header: nghttp2_frame_hd) {
    guard UInt32(header.type) == NGHTTP2_HEADERS.rawValue, let stream = stream(header.stream_id) else { return }
    engine.inbox.append(.unsendable(stream))
  }

  /// Puts one DATA frame (RFC 9113 §6.1) into the region being filled; false when there is no room for it.
  func place(frameHeader: UnsafePointer<UInt8>, count: Int, of stream: Stream) -> Bool {
    let header = UnsafeRawBufferPointer(start: frameHeader, count: Session.frameHeaderBytes)
    guard written + header.count + count <= region.count else { return false }
    let body = stream.outgoing.bytes(from: stream.replySent, count: count)
    put(header)
    put(body)
    stream.replySent += count
    tally.dataSent += count
    return true
  }
}
