/// A request's method (RFC 9110 §9).
package enum Method: Sendable {
  /// The usual ones.
  case get, head, post, put, delete, patch, options
  /// Any other; its name is in `Exchange.methodBytes`.
  case other

  /// Reads the name, which is case-sensitive.
  init(_ name: UnsafeRawBufferPointer) {
    switch name.count {
    case 3 where name.elementsEqual("GET".utf8): self = .get
    case 3 where name.elementsEqual("PUT".utf8): self = .put
    case 4 where name.elementsEqual("POST".utf8): self = .post
    case 4 where name.elementsEqual("HEAD".utf8): self = .head
    case 5 where name.elementsEqual("PATCH".utf8): self = .patch
    case 6 where name.elementsEqual("DELETE".utf8): self = .delete
    case 7 where name.elementsEqual("OPTIONS".utf8): self = .options
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
