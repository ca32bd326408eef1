import Glibc

/// What a request's head says about its body and its connection (RFC 9112 §6, §9.3).
struct RequestHead {
  enum Framing {
    case none
    case length(Int)
    case chunked
    /// Two lengths, or a length that cannot be trusted: the stuff of request smuggling (RFC 9112 §11.2).
    case refused
  }

  enum Version {
    case known(HTTPVersion)
    case unknown
    case malformed
  }

  private var length: Int?
  private var isChunked = false
  private var hosts = 0

  /// `Connection: close`.
  private(set) var close = false

  /// `Connection: keep-alive`, which only HTTP/1.0 needs.
  private(set) var keepAlive = false

  /// `Expect: 100-continue` (RFC 9110 §10.1.1).
  private(set) var expectsContinue = false

  /// Takes note of a field; false when the request has to be refused for it.
  mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 4 where Grammar.equal(name, "host"):
      // What stands in it is the client's affair: one is known that names its port twice.
      hosts += 1
      return hosts == 1
    case 6 where Grammar.equal(name, "expect"): expectsContinue = Grammar.equal(value, "100-continue")
    case 10 where Grammar.equal(name, "connection"):
      close = close || Grammar.list(value, holds: "close")
      keepAlive = keepAlive || Grammar.list(value, holds: "keep-alive")
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
  func framing(_ version: HTTPVersion) -> Framing {
    if version == .http11, hosts == 0 { return .refused }
    if isChunked { return length != nil || version != .http11 ? .refused : .chunked }
    guard let length, length > 0 else { return .none }
    return .length(length)
  }

  /// Whether the connection may be used again.
  func persists(_ version: HTTPVersion) -> Bool { version == .http11 ? !close : keepAlive && !close }

  /// `HTTP/1.1`.
  static func version(_ bytes: UnsafeRawBufferPointer) -> Version {
    guard bytes.count == 8, let start = bytes.baseAddress, memcmp(start, "HTTP/", 5) == 0,
      bytes[6] == UInt8(ascii: "."), bytes[5] &- 48 < 10,
      bytes[7] &- 48 < 10
    else { return .malformed }
    guard bytes[5] == UInt8(ascii: "1") else { return .unknown }
    return .known(bytes[7] == UInt8(ascii: "0") ? .http10 : .http11)
  }

  /// Divides a field line; nil when it is none. No space may stand before the colon, nor at the line's beginning: that
  /// would be a fold (RFC 9112 §5.1, §5.2).
  static func field(_ line: UnsafeRawBufferPointer) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
    var colon = 0
    while colon < line.count, Grammar.isToken(line[colon]) { colon += 1 }
    guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else { return nil }
    let value = Grammar.trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
    guard Grammar.isValue(value) else { return nil }
    return (UnsafeRawBufferPointer(rebasing: line[..<colon]), value)
  }

  /// Divides `http://host/path` into authority and the rest.
  static func absolute(
    _ target: UnsafeRawBufferPointer
  ) -> (authority: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer)? {
    let scheme: Int
    if target.count > 7, Grammar.equal(UnsafeRawBufferPointer(rebasing: target[..<7]), "http://") {
      scheme = 7
    } else if target.count > 8, Grammar.equal(UnsafeRawBufferPointer(rebasing: target[..<8]), "https://") {
      scheme = 8
    } else {
      return nil
    }
    let end = target[scheme...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? target.count
    guard end > scheme else { return nil }
    return (
      UnsafeRawBufferPointer(rebasing: target[scheme..<end]), UnsafeRawBufferPointer(rebasing: target[end...])
    )
  }
}
