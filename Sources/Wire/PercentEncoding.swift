/// One segment of a path, between two slashes (RFC 3986 §3.3), as bytes of a URL and as text.
package enum PercentEncoding {
  /// The text that a raw segment stands for (RFC 3986 §2.1); `+` is a plus sign here, unlike in forms.
  ///
  /// Nil if a `%` is not followed by two hexadecimal digits, or if what comes out is not UTF-8.
  package static func decode(_ segment: UnsafeRawBufferPointer) -> String? {
    guard segment.contains(UInt8(ascii: "%")) else {
      return UTF8Sequence.firstFault(segment) == nil ? String(decoding: segment, as: UTF8.self) : nil
    }
    let output = Output(capacity: segment.count)
    guard decode(segment, into: output, plusIsSpace: false) == nil else { return nil }
    guard UTF8Sequence.firstFault(output.written) == nil else { return nil }
    return String(decoding: output.written, as: UTF8.self)
  }

  /// Writes text as one segment: every byte but letters, digits and `-._~` (RFC 3986 §2.3) as `%XX`.
  ///
  /// False, and nothing written, for what no segment can carry: the empty text, `.` and `..`. They mean a place
  /// relative to another (RFC 3986 §5.2.4), and servers resolve them encoded or not, so an id like that would name
  /// another resource.
  package static func encode(_ text: UnsafeRawBufferPointer, into output: Output) -> Bool {
    guard text.count > 2 || text.contains(where: { $0 != UInt8(ascii: ".") }) else { return false }
    for byte in text {
      if isUnreserved(byte) {
        output.byte(byte)
      } else {
        output.byte(UInt8(ascii: "%"))
        output.byte(Hexadecimal.upper(byte >> 4))
        output.byte(Hexadecimal.upper(byte & 15))
      }
    }
    return true
  }

  /// The same as a string of its own; nil for the empty text, `.` and `..`.
  package static func encode(_ text: String) -> String? {
    let output = Output(capacity: text.utf8.count)
    var text = text
    guard text.withUTF8({ encode(UnsafeRawBufferPointer($0), into: output) }) else { return nil }
    return String(decoding: output.written, as: UTF8.self)
  }

  /// Writes the bytes that encoded text stands for, up to the first bad escape, whose offset it gives.
  static func decode(_ text: UnsafeRawBufferPointer, into output: Output, plusIsSpace: Bool) -> Int? {
    var here = 0
    while here < text.count {
      let byte = text[here]
      if byte == UInt8(ascii: "%") {
        guard here + 2 < text.count, let high = Hexadecimal.value(text[here + 1]),
          let low = Hexadecimal.value(text[here + 2])
        else { return here }
        output.byte(high << 4 | low)
        here += 3
      } else {
        output.byte(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        here += 1
      }
    }
    return nil
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default:
      false
    }
  }
}
