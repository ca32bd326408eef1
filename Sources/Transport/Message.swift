import Glibc

/// A request's method (RFC 9110 §9).
package enum Method: Sendable {
  /// The usual ones.
  case get, head, post, put, delete, patch, options
  /// Any other; its name is in `Exchange.methodBytes`.
  case other

  /// Reads the name, which is case-sensitive.
  init(_ name: UnsafeRawBufferPointer) {
    switch name.count {
    case 3 where name.equals("GET"): self = .get
    case 3 where name.equals("PUT"): self = .put
    case 4 where name.equals("POST"): self = .post
    case 4 where name.equals("HEAD"): self = .head
    case 5 where name.equals("PATCH"): self = .patch
    case 6 where name.equals("DELETE"): self = .delete
    case 7 where name.equals("OPTIONS"): self = .options
    default: self = .other
    }
  }
}

/// The protocol a request came by.
package enum HTTPVersion: Sendable {
  /// HTTP/1.0: answered, and the connection is closed unless the client asks to keep it.
  case http10
  /// HTTP/1.1 (RFC 9112).
  case http11
  /// HTTP/2 (RFC 9113).
  case http2
}

extension UnsafeRawBufferPointer {
  /// The same bytes as the literal.
  func equals(_ text: StaticString) -> Bool {
    guard let baseAddress, count == text.utf8CodeUnitCount else { return false }
    return memcmp(baseAddress, text.utf8Start, count) == 0
  }
}
