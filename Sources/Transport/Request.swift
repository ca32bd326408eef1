import HTTP2

/// What an exchange knows about the request.
extension Exchange {
  /// The method as it was sent.
  package var methodBytes: UnsafeRawBufferPointer { stream.fields.bytes(of: stream.methodPiece) }

  /// The target as it was sent, path and query; for an absolute target (RFC 9112 §3.2.2) what follows the authority.
  package var targetBytes: UnsafeRawBufferPointer { stream.fields.bytes(of: stream.targetPiece) }

  /// The path as it was sent, percent signs and all; empty for CONNECT.
  package var pathBytes: UnsafeRawBufferPointer { stream.fields.bytes(of: path) }

  /// What follows the question mark, without it; empty when there is none.
  package var queryBytes: UnsafeRawBufferPointer { stream.fields.bytes(of: query) }

  /// The path as text; malformed UTF-8 is repaired. Not for the hot path.
  package var pathString: String { String(decoding: pathBytes, as: UTF8.self) }

  /// The query as text; malformed UTF-8 is repaired. Not for the hot path.
  package var queryString: String { String(decoding: queryBytes, as: UTF8.self) }

  /// The method as text. Not for the hot path.
  package var methodString: String { String(decoding: methodBytes, as: UTF8.self) }

  /// Value of the first field of that name, which has to be given in lower case; valid during the call on the loop.
  /// `host` is the request's authority in both protocols.
  package func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer? {
    stream.fields.value(of: lowercaseName)
  }

  /// The same as text; malformed UTF-8 is repaired. Not for the hot path.
  package func headerString(_ lowercaseName: StaticString) -> String? {
    stream.fields.value(of: lowercaseName).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Lends every field in the order of arrival, names in lower case.
  package func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) rethrows {
    for index in 0..<stream.fields.count { try body(stream.fields.name(index), stream.fields.value(index)) }
  }

  /// The authority the client believes it speaks to (`:authority` or `Host`), as it was sent and unchecked.
  package var host: UnsafeRawBufferPointer? { stream.fields.value(of: "host") }

  /// Whether the connection is encrypted.
  package var secure: Bool { dialogue.lent.use { $0.connection.isSecure } ?? false }

  /// The certificate the client has shown, verified; nil without one, and when the connection is gone.
  package var clientCertificate: ClientCertificate? { dialogue.lent.use { $0.connection.clientCertificate } ?? nil }

  /// The client's address without its port; empty when the connection is gone.
  package var peer: String { dialogue.lent.use { $0.connection.peer } ?? "" }

  /// The whole body.
  package var body: UnsafeRawBufferPointer { stream.incoming.bytes }
}
