import HTTP2

/// Writes the status line and the fields of an answer (RFC 9112 §4, §5).
enum ReplyHead {
  static func write(_ exchange: Exchange, isLast: Bool, on loop: Loop, into out: inout ByteStore) {
    let count = exchange.stream.outgoing.count
    out.append("HTTP/1.1 ")
    out.append(Status.digits(exchange.status))
    out.append(" ")
    out.append(ReasonPhrase.of(exchange.status))
    out.append("\r\ndate: ")
    loop.withDate { out.append($0) }
    if exchange.statesLength {
      out.append("\r\ncontent-length: ")
      Decimal.withDigits(count) { out.append($0) }
    }
    if exchange.isStreaming, exchange.carriesBody, exchange.version != .http10 {
      out.append("\r\ntransfer-encoding: chunked")
    }
    out.append(lines: exchange.stream.reply)
    if isLast {
      out.append("\r\nconnection: close")
    } else if exchange.version == .http10 {
      out.append("\r\nconnection: keep-alive")
    }
    out.append("\r\n\r\n")
  }
}
