import HTTP2
import NIOCore

/// Writes the status line and the fields of an answer (RFC 9112 §4, §5).
enum ReplyHead {
  static func write(_ exchange: Exchange, isLast: Bool, on loop: Loop, into out: inout ByteBuffer) {
    let count = exchange.stream.outgoing.count
    put("HTTP/1.1 ", &out)
    out.writeBytes(Status.digits(exchange.status))
    put(" ", &out)
    put(ReasonPhrase.of(exchange.status), &out)
    put("\r\ndate: ", &out)
    loop.withDate { out.writeBytes($0) }
    if exchange.statesLength {
      put("\r\ncontent-length: ", &out)
      Decimal.withDigits(count) { out.writeBytes($0) }
    }
    if exchange.isStreaming, exchange.carriesBody, exchange.version != .http10 {
      put("\r\ntransfer-encoding: chunked", &out)
    }
    for index in 0..<exchange.stream.reply.count {
      put("\r\n", &out)
      out.writeBytes(exchange.stream.reply.name(index))
      put(": ", &out)
      out.writeBytes(exchange.stream.reply.value(index))
    }
    if isLast {
      put("\r\nconnection: close", &out)
    } else if exchange.version == .http10 {
      put("\r\nconnection: keep-alive", &out)
    }
    put("\r\n\r\n", &out)
  }

  private static func put(_ text: StaticString, _ out: inout ByteBuffer) { out.writeBytes(Status.immortal(text)) }
}
