/// The content of JSON strings (RFC 8259 §7) between the quotes: escaped bytes to UTF-8 and back.
package enum JSONText {
  /// Writes the UTF-8 that the content of a valid JSON string stands for.
  ///
  /// For content that `Tokens.string` has passed. Anything else is no trap: what is no escape comes out as U+FFFD.
  package static func unescape(_ raw: UnsafeRawBufferPointer, into output: Output) {
    var here = 0
    while here < raw.count {
      var plain = here
      while plain < raw.count, raw[plain] != UInt8(ascii: "\\") { plain += 1 }
      output.bytes(UnsafeRawBufferPointer(rebasing: raw[here..<plain]))
      guard plain < raw.count else { return }
      here = unescape(oneAt: plain, of: raw, into: output)
    }
  }

  /// The same as a string of its own.
  package static func decoded(_ raw: UnsafeRawBufferPointer) -> String {
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    let output = Output(capacity: raw.count)
    unescape(raw, into: output)
    return String(decoding: output.written, as: UTF8.self)
  }

  /// The content of a JSON string that stands for `text`, without quotes.
  package static func escaped(_ text: String) -> [UInt8] {
    let output = Output(capacity: text.utf8.count)
    var text = text
    text.withUTF8 { output.escaped(UnsafeRawBufferPointer($0)) }
    return Array(output.written)
  }

  /// Writes what the escape at `here` stands for and gives the offset behind it.
  private static func unescape(oneAt here: Int, of raw: UnsafeRawBufferPointer, into output: Output) -> Int {
    if here + 1 < raw.count, let byte = short(raw[here + 1]) {
      output.byte(byte)
      return here + 2
    }
    guard let unit = unit(raw, at: here) else {
      output.text("\u{FFFD}")
      return here + 1
    }
    if isHigh(unit), let low = self.unit(raw, at: here + 6), isLow(low) {
      scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF), into: output)
      return here + 12
    }
    scalar(unit, into: output)
    return here + 6
  }

  private static func scalar(_ value: UInt32, into output: Output) {
    guard let scalar = Unicode.Scalar(value) else { return output.text("\u{FFFD}") }
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { output.byte(byte) }
  }

  /// The byte that a backslash and this letter stand for; nil if they are no escape, or the long one.
  static func short(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The UTF-16 code unit of the escape `\uXXXX` at `offset`; nil if none is there.
  static func unit(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
    guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for index in offset + 2..<offset + 6 {
      guard let digit = Hexadecimal.value(bytes[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  static func isHigh(_ unit: UInt32) -> Bool { unit & 0xFC00 == 0xD800 }
  static func isLow(_ unit: UInt32) -> Bool { unit & 0xFC00 == 0xDC00 }
}
