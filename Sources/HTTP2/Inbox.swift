/// What a session's peer did, written down by the callbacks and acted on once the library has returned.
package enum Event: BitwiseCopyable {
  /// The header block is complete and more will follow on the stream.
  case headed(Stream.Reference)

  /// More fields than allowed; what came is incomplete.
  case fieldsOverflowed(Stream.Reference)

  /// More body than allowed; nothing of it was kept.
  case bodyOverflowed(Stream.Reference)

  /// Much more body than allowed: also what was to be thrown away has its bound.
  case discardOverflowed(Stream.Reference)

  /// All streams of the connection together hold more body than allowed; this one brought the excess.
  case bufferOverflowed(Stream.Reference)

  /// The peer has sent the whole message.
  case ended(Stream.Reference)

  /// The reply has been sent to its end while the peer was still sending.
  case repliedEarly(Stream.Reference)

  /// The reply's header block could not be sent.
  case unsendable(Stream.Reference)

  /// The stream is over and unknown to the session from now on. Comes exactly once for every stream.
  case closed(Stream.Reference, ErrorCode)
}

/// Counts of what passed since they were last taken; floods show here.
package struct Tally: Sendable {
  /// Frames that cost the peer next to nothing: PING, SETTINGS, RST_STREAM, WINDOW_UPDATE, PRIORITY, CONTINUATION,
  /// empty DATA, frames that were invalid — and each stream reset that the peer made us send. Unknown types are skipped
  /// by the library without a word.
  package var cheapFrames = 0

  /// Replies sent to their end.
  package var repliesEnded = 0

  /// Bytes of body sent.
  package var dataSent = 0

  /// Bytes of body received, kept or not.
  package var dataReceived = 0

  /// Nothing has passed.
  package init() {}
}
