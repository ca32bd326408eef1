import HTTP2
import NIOCore

/// The body of an answer whose length nobody knows yet (RFC 9112 §7.1); for HTTP/1.0, as it is.
enum ChunkedBody {
  /// Octets of a chunk's frame, at most.
  private static let frame = 20

  /// Adds what there is and fits, and the end when there is one; true when something is left that did not fit.
  static func write(_ exchange: Exchange, into out: inout ByteBuffer) -> Bool {
    let isChunked = exchange.version != .http10
    if exchange.carriesBody {
      let room = max(Loop.outputBytes - out.readableBytes - frame, 0)
      let piece = exchange.stream.outgoing.bytes(from: exchange.stream.replySent, count: room)
      if isChunked, !piece.isEmpty { out.writeString(String(piece.count, radix: 16) + "\r\n") }
      out.writeBytes(piece)
      if isChunked, !piece.isEmpty { out.writeBytes(Status.immortal("\r\n")) }
      exchange.stream.replySent += piece.count
    } else {
      exchange.stream.replySent = exchange.stream.outgoing.count
    }
    exchange.advance()
    guard exchange.backlog == 0 else { return true }
    if exchange.stage == .finished, isChunked, exchange.carriesBody { out.writeBytes(Status.immortal("0\r\n\r\n")) }
    return false
  }
}
