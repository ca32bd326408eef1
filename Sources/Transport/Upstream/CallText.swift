import HTTP2

/// How a call is filled: `begin`, any number of `header` and `append`. All bytes are copied.
extension Call {
  /// Begins the call, or begins it anew. The target is path and query, escaped as it goes out.
  package func begin(method: UnsafeRawBufferPointer, target: UnsafeRawBufferPointer) {
    guard stage == .filling else { return }
    stream.reply.clear()
    stream.outgoing.clear()
    stream.methodPiece = stream.reply.putAside(method)
    stream.targetPiece = stream.reply.putAside(target)
    isToHEAD = method.equals("HEAD")
    isChecked = false
  }

  /// The same.
  package func begin(_ method: StaticString, _ target: String) {
    var target = target
    target.withUTF8 { begin(method: Status.immortal(method), target: UnsafeRawBufferPointer($0)) }
  }

  /// Adds a field. Names go out in lower case; bytes that would end a line become spaces. Ignored are names that are
  /// none, and those that Transport owns: `host`, `content-length`, and what speaks of the connection.
  package func header(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    if stage == .filling { stream.reply.append(toCall: name, value) }
  }

  /// Adds to the body.
  package func append(_ bytes: UnsafeRawBufferPointer) { if stage == .filling { stream.outgoing.append(bytes) } }

  /// Adds to the body.
  package func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Adds up to `room` bytes to the body, which `write` puts in place; it answers how many it wrote.
  package func append(room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
    if stage == .filling { stream.outgoing.append(room: room, write) }
  }

  static func isOwn(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 4: Grammar.equal(name, "host")
    case 6: Grammar.equal(name, "expect")
    case 14: Grammar.equal(name, "content-length")
    default: ResponseHead.isHopByHop(name)
    }
  }

  /// What would make it no call of HTTP; nil when it is one.
  var mistake: String? {
    if isChecked { return nil }
    guard Grammar.isToken(methodBytes) else { return "a call without a method" }
    let target = targetBytes
    guard target.first == UInt8(ascii: "/"), Grammar.isTarget(target) else { return "a call without a path" }
    return nil
  }

  var methodBytes: UnsafeRawBufferPointer { stream.reply.bytes(of: stream.methodPiece) }
  var targetBytes: UnsafeRawBufferPointer { stream.reply.bytes(of: stream.targetPiece) }

  /// A length is stated: where there is a body, and where the method lets one expect it (RFC 9110 §8.6).
  var statesLength: Bool {
    let method = methodBytes
    return !stream.outgoing.isEmpty || method.equals("POST") || method.equals("PUT") || method.equals("PATCH")
  }
}

/// What a call knows of its answer.
extension Call {
  /// The answer's status, 200…999; 0 before there is one.
  package var status: Int { stream.status }

  /// Value of the answer's first field of that name, which has to be given in lower case.
  package func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer? {
    stream.fields.value(of: lowercaseName)
  }

  /// The same as text; malformed UTF-8 is repaired. Not for the hot path.
  package func headerString(_ lowercaseName: StaticString) -> String? {
    stream.fields.value(of: lowercaseName).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Lends every field of the answer in the order of arrival, names in lower case; none speaks of the connection.
  package func forEachHeader(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) rethrows {
    for index in 0..<stream.fields.count { try body(stream.fields.name(index), stream.fields.value(index)) }
  }

  /// The answer's body: the whole of it, or with `streams` what has not been consumed.
  package var body: UnsafeRawBufferPointer { stream.incoming.bytes }

  /// Takes the first `count` bytes of the body away, so that the server may send more. Only with `streams`.
  package func consume(_ count: Int) {
    guard streams, count > 0 else { return }
    let taken = min(count, stream.incoming.count)
    stream.incoming.removeFirst(taken)
    connection.lent.use { $0.consumed(self, taken) }
  }
}
