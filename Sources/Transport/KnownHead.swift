import HTTP2

/// The head of a request that has come, by which the same is known again: method, target and every field, byte by byte.
package final class KnownHead {
  private let fields: FieldBlock
  private let method: FieldBlock.Piece
  private let target: FieldBlock.Piece
  private let version: HTTPVersion
  private let isSecure: Bool

  /// Bytes that it takes in memory, about.
  package var weight: Int { fields.listSize + 128 }

  /// The head of a request.
  package init(_ exchange: Exchange) {
    var copy = FieldBlock()
    copy.append(contentsOf: exchange.stream.fields)
    fields = copy
    (method, target) = (exchange.stream.methodPiece, exchange.stream.targetPiece)
    (version, isSecure) = (exchange.version, exchange.secure)
  }

  /// Whether a request has the same head, and no body.
  package func isSame(as exchange: Exchange) -> Bool {
    guard exchange.version == version, exchange.stream.targetPiece == target, exchange.stream.methodPiece == method,
      exchange.hasNoBody, exchange.secure == isSecure
    else { return false }
    return exchange.stream.fields.isSame(as: fields)
  }
}

extension Exchange {
  /// A number that is the same for requests with the same head, and mostly another one for others.
  package var headMark: UInt64 { stream.headMark }

  /// Nothing stands behind the head.
  package var hasNoBody: Bool { stream.incoming.isEmpty && !bodyTooLarge }
}
