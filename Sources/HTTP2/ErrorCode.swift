/// Why a stream or a connection ends (RFC 9113 §7).
package struct ErrorCode: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
  /// The number on the wire.
  package var rawValue: UInt32

  /// Any number is a code: unknown ones have no meaning of their own.
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Nothing is wrong; graceful ends.
  package static let noError = ErrorCode(rawValue: 0x0)
  /// The peer broke the protocol.
  package static let protocolError = ErrorCode(rawValue: 0x1)
  /// Something broke on our side.
  package static let internalError = ErrorCode(rawValue: 0x2)
  /// The peer sent more than the window it had.
  package static let flowControl = ErrorCode(rawValue: 0x3)
  /// Nothing was done about this stream: it may be sent again.
  package static let refusedStream = ErrorCode(rawValue: 0x7)
  /// The stream is no longer wanted.
  package static let cancel = ErrorCode(rawValue: 0x8)
  /// The peer's behaviour costs too much.
  package static let enhanceYourCalm = ErrorCode(rawValue: 0xb)
}
