import HTTP2

/// How an exchange is answered: `begin`, any number of `header`, any number of `append`, then `finish`. All bytes are
/// copied into the exchange's own memory. After `finish`, or when the client is gone, each of them does nothing.
extension Exchange {
  /// Begins the answer, or begins it anew. A status outside 200…999 becomes 500.
  package func begin(status: Int) {
    guard stage == .answering, !isStreaming else { return }
    self.status = (200...999).contains(status) ? status : 500
    stream.reply.clear()
    stream.outgoing.clear()
  }

  /// Adds a field. Names come out in lower case; bytes that would end a line become spaces. Those that Transport owns
  /// (`content-length`, `date`, `connection` and the like) are ignored.
  package func header(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard stage == .answering, !isStreaming else { return }
    stream.reply.append(toAnswer: name, value)
  }

  /// Adds a field.
  package func header(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    header(name: Status.immortal(name), value: value)
  }

  /// Adds a field.
  package func header(_ name: StaticString, _ value: StaticString) {
    header(name: Status.immortal(name), value: Status.immortal(value))
  }

  /// Adds a field.
  package func header(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { header(name: Status.immortal(name), value: UnsafeRawBufferPointer($0)) }
  }

  /// Adds to the body.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    guard stage == .answering else { return }
    stream.outgoing.append(bytes)
  }

  /// Adds up to `room` bytes to the body, which `write` puts in place; it answers how many it wrote.
  package func append(room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
    guard stage == .answering else { return }
    stream.outgoing.append(room: room, write)
  }

  /// Ends the answer; it leaves at the end of the loop's tick. HEAD, 204 and 304 go out without their body.
  package func finish() {
    guard stage == .answering else { return }
    stage = .finished
    dialogue.lent.use { $0.finished(self) }
    if isStreaming { proceed(false) }
  }

  /// Adds a last piece of body and ends the answer.
  package func finish(body: UnsafeRawBufferPointer) {
    append(body)
    finish()
  }

  /// Adds a last piece of body and ends the answer.
  package func finish(body: String) {
    var body = body
    body.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    finish()
  }

  /// The answer may carry a body (RFC 9110 §6.4.1).
  var carriesBody: Bool { method != .head && status != 204 && status != 304 }

  /// The answer may state a length (RFC 9110 §8.6), and it is known.
  var statesLength: Bool { !isStreaming && status != 204 && (status != 304 || !stream.outgoing.isEmpty) }

  /// An answer of our own, when nobody else can give one. Where a part of another has been sent, it is broken off.
  func answerPlainly(_ status: Int) {
    guard !isStreaming else {
      stage = .finished
      proceed(false)
      // The connection may end at that.
      dialogue.object?.brokenOff(self)
      return
    }
    stage = .answering
    begin(status: status)
    finish()
  }
}

/// Fields that describe the connection or the framing and therefore are written by Transport alone.
enum OwnFields {
  static func contains(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 4: return same(name, "date")
    case 7: return same(name, "upgrade")
    case 10: return same(name, "connection") || same(name, "keep-alive")
    case 14: return same(name, "content-length")
    case 16: return same(name, "proxy-connection")
    case 17: return same(name, "transfer-encoding")
    default: return false
    }
  }

  private static func same(_ name: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    for (index, byte) in name.enumerated() where byte | 0x20 != word.utf8Start[index] | 0x20 { return false }
    return true
  }
}
