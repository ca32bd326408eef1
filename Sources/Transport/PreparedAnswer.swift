import HTTP2

/// The fields of an answer that is given again and again: checked and put together once, then copied in one piece.
package final class PreparedAnswer {
  let fields: FieldBlock

  /// An answer with these fields; what is done to each is what `Exchange.header` does.
  package init(_ fields: [(name: String, value: String)]) {
    var block = FieldBlock()
    for (name, value) in fields {
      Array(name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { block.append(toAnswer: name, $0) }
      }
    }
    self.fields = block
  }
}

extension Exchange {
  /// Adds the fields of a prepared answer.
  package func headers(_ prepared: PreparedAnswer) {
    guard stage == .answering, !isStreaming else { return }
    stream.reply.append(contentsOf: prepared.fields)
  }
}

extension FieldBlock {
  /// Adds a field of an answer: see `Exchange.header`.
  mutating func append(toAnswer name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard !name.isEmpty, !OwnFields.contains(name) else { return }
    append(lowercasing: name, value: value)
    straightenLastValue()
  }

  /// Adds a field of a call: see `Call.header`.
  mutating func append(toCall name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard Grammar.isToken(name), !Call.isOwn(name) else { return }
    append(lowercasing: name, value: value)
    straightenLastValue()
  }
}
