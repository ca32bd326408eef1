import HTTP2

/// A GET that is made again and again: checked and put together once, then copied in one piece.
package final class PreparedCall {
  let block: FieldBlock
  let method: FieldBlock.Piece
  let target: FieldBlock.Piece

  /// A GET of a path, escaped as it goes out, with these fields; what is done to each is what `Call.header` does. Nil when
  /// it would be no call of HTTP.
  package init?(get target: String, _ fields: [(name: [UInt8], value: [UInt8])]) {
    var block = FieldBlock()
    method = block.putAside(Status.immortal("GET"))
    let bytes = Array(target.utf8)
    guard bytes.first == UInt8(ascii: "/"), bytes.withUnsafeBytes(Grammar.isTarget) else { return nil }
    self.target = bytes.withUnsafeBytes { block.putAside($0) }
    for (name, value) in fields {
      name.withUnsafeBytes { name in value.withUnsafeBytes { block.append(toCall: name, $0) } }
    }
    self.block = block
  }
}

extension Call {
  /// Begins the call as it was prepared.
  package func begin(_ prepared: PreparedCall) {
    guard stage == .filling else { return }
    stream.reply.clear()
    stream.outgoing.clear()
    stream.reply.append(contentsOf: prepared.block)
    stream.methodPiece = prepared.method
    stream.targetPiece = prepared.target
    isToHEAD = false
    isChecked = true
  }

  /// Adds a field whose value is another one each time; its name has to be one, in lower case, and its value in order.
  package func passingHeader(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    guard stage == .filling else { return }
    stream.reply.append(name: Status.immortal(name), value: value)
    stream.reply.markLastAsPassing()
  }
}
