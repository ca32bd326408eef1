import HTTP2

/// What an answer's head says about its body and its connection (RFC 9112 §6.3, §9.3).
struct ResponseHead {
  enum Framing: Equatable {
    case none
    case length(Int)
    case chunked
    case untilClose
    /// Two lengths, or a length that cannot be trusted.
    case refused
  }

  private var length: Int?
  private var isChunked = false
  private var close = false
  private var keepAlive = false

  /// `Connection` names further fields that are meant for this connection only (RFC 9110 §7.6.1).
  private(set) var namesFields = false

  /// Takes note of a field; false when the answer cannot be trusted for it.
  mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 10 where Grammar.equal(name, "connection"):
      close = close || Grammar.list(value, holds: "close")
      keepAlive = keepAlive || Grammar.list(value, holds: "keep-alive")
      namesFields = namesFields || !(Grammar.equal(value, "close") || Grammar.equal(value, "keep-alive"))
    case 14 where Grammar.equal(name, "content-length"):
      guard length == nil, let number = Grammar.length(value) else { return false }
      length = number
    case 17 where Grammar.equal(name, "transfer-encoding"):
      guard !isChunked, Grammar.equal(value, "chunked") else { return false }
      isChunked = true
    default: break
    }
    return true
  }

  /// Where the body ends, once all fields are known.
  func framing(_ version: HTTPVersion, status: Int, toHEAD: Bool) -> Framing {
    if isChunked, length != nil || version == .http10 { return .refused }
    if toHEAD || status < 200 || status == 204 || status == 304 { return .none }
    if isChunked { return .chunked }
    guard let length else { return .untilClose }
    return length == 0 ? .none : .length(length)
  }

  /// Whether the connection may be used again.
  func persists(_ version: HTTPVersion) -> Bool { version == .http11 ? !close : keepAlive && !close }

  /// Fields that speak of the connection and are nobody else's business.
  static func isHopByHop(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 2: Grammar.equal(name, "te")
    case 7: Grammar.equal(name, "upgrade") || Grammar.equal(name, "trailer")
    case 10: Grammar.equal(name, "connection") || Grammar.equal(name, "keep-alive")
    case 16: Grammar.equal(name, "proxy-connection")
    case 17: Grammar.equal(name, "transfer-encoding")
    default: false
    }
  }
}

extension FieldBlock {
  /// The same fields without those that speak of the connection and those that the connection's field names.
  func withoutHopByHop(named lists: [[UInt8]]) -> FieldBlock {
    var block = FieldBlock()
    for index in 0..<count {
      let name = name(index)
      let isNamed = lists.contains { list in list.withUnsafeBytes { Grammar.list($0, holds: name) } }
      if !isNamed { block.append(name: name, value: value(index)) }
    }
    return block
  }
}
