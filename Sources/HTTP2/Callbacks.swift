import CNghttp2

/// The functions the library calls. Each writes down what happened and returns; none calls into a session, and none
/// hands control to anybody else, so that re-entry cannot be written.
enum Callbacks {
  static func install(on callbacks: OpaquePointer) {
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, user in
      guard let header else { return 0 }
      return Session.at(user) { $0.frameBegan(header.pointee) }
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
      guard let frame else { return 0 }
      guard UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue else { return 0 }
      return Session.at(user) { $0.headersBegan(frame) }
    }
    nghttp2_session_callbacks_set_on_header_callback2(callbacks) { _, frame, name, value, _, user in
      guard let frame, let name, let value else { return 0 }
      return Session.at(user) { session in
        session.withStream(frame.pointee.hd.stream_id) { session.field($0, name, value) }
      }
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, data, count, user in
      let data = UnsafeRawBufferPointer(start: data, count: count)
      return Session.at(user) { session in
        session.tally.dataReceived += data.count
        session.withStream(id) { session.data($0, data) }
      }
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
      guard let frame else { return 0 }
      let header = frame.pointee.hd
      guard header.carriesMessage else { return 0 }
      return Session.at(user) { session in
        session.withStream(header.stream_id) { session.frameEnded(header, $0) }
      }
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, _, user in
      let id = frame?.pointee.hd.stream_id ?? 0
      return Session.at(user) { session in
        session.tally.cheapFrames += 1
        if session.isClient, id > 0 { session.withStream(id) { $0.isBroken = true } }
      }
    }
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks) { _, frame, user in
      guard let frame else { return 0 }
      let header = frame.pointee.hd
      return Session.at(user) { session in
        guard session.isClient, UInt32(header.type) == NGHTTP2_HEADERS.rawValue else { return }
        session.withStream(header.stream_id) { $0.isSent = true }
      }
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, user in
      Session.at(user) { session in
        session.withStream(id) { session.streamClosed($0, ErrorCode(rawValue: code)) }
      }
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
      guard let frame else { return 0 }
      return Session.at(user) { $0.frameSent(frame.pointee.hd) }
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { _, frame, _, user in
      guard let frame else { return 0 }
      guard UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue else { return 0 }
      return Session.at(user) { session in
        session.withStream(frame.pointee.hd.stream_id) { session.record(Event.unsendable, $0) }
      }
    }
    nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, _, header, count, source, user in
      guard let header, let stream = source?.pointee.ptr, let user else { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
      let session = Unmanaged<Session>.fromOpaque(user)
      let owner = Unmanaged<Stream>.fromOpaque(stream)
      return session._withUnsafeGuaranteedRef { session in
        let isPlaced = owner._withUnsafeGuaranteedRef { session.place(frameHeader: header, count: count, of: $0) }
        return isPlaced ? 0 : NGHTTP2_ERR_WOULDBLOCK.rawValue
      }
    }
  }

  /// Tells the library how much body there is for the next DATA frame; the bytes are placed by the callback above.
  static let bodySource: nghttp2_data_source_read_callback = { _, _, _, room, flags, source, _ in
    guard let pointer = source?.pointee.ptr, let flags else { return 0 }
    return Unmanaged<Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
      let left = stream.outgoing.count - stream.replySent
      if left == 0, stream.isOpenEnded { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
      flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
      if left <= room, !stream.isOpenEnded { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
      return min(left, room)
    }
  }
}

extension Session {
  /// Runs `record` on the session the library handed back; always answers "carry on".
  @inline(__always)
  static func at(_ user: UnsafeMutableRawPointer?, _ record: (Session) -> Void) -> Int32 {
    guard let user else { return 0 }
    Unmanaged<Session>.fromOpaque(user)._withUnsafeGuaranteedRef(record)
    return 0
  }
}
