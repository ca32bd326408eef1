/// The codec of a file inside a JSON string: `raw:` and the text, or `base64:` and its encoding (RFC 4648 §4, padding
/// required, white space skipped).
package enum InlineFile {
  /// Largest content, in bytes.
  package static let most = 100_000

  /// The rule that a text breaks, as mappings name it: `prefix`, `undecodable`, `long`; nil when it is a file.
  package static func fault(_ text: String) -> String? {
    var copy = text
    return copy.withUTF8 { fault(UnsafeRawBufferPointer($0)) }
  }

  /// The same of the bytes of a text. Allocates nothing.
  static func fault(_ text: UnsafeRawBufferPointer) -> String? {
    if begins(text, with: "raw:") { return text.count - 4 > most ? "long" : nil }
    guard begins(text, with: "base64:") else { return "prefix" }
    var length = 0
    guard decode(text.dropFirst(7), each: { _ in length += 1 }) else { return "undecodable" }
    return length > most ? "long" : nil
  }

  /// The bytes of a file; nil when the text is none.
  package static func content(_ text: String) -> [UInt8]? {
    var copy = text
    return copy.withUTF8 { utf8 in
      let text = UnsafeRawBufferPointer(utf8)
      if begins(text, with: "raw:") { return Array(text.dropFirst(4)) }
      guard begins(text, with: "base64:") else { return nil }
      var bytes: [UInt8] = []
      return decode(text.dropFirst(7), each: { bytes.append($0) }) ? bytes : nil
    }
  }

  /// By bytes: an accent behind the colon would make another character of it.
  private static func begins(_ text: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { text.starts(with: $0) }
  }

  /// Hands out each byte; false when the text is no base64.
  private static func decode(_ text: Slice<UnsafeRawBufferPointer>, each: (UInt8) -> Void) -> Bool {
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for byte in text where byte != 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D {
      let digit: UInt32
      switch byte {
      case 0x41...0x5A: digit = UInt32(byte - 0x41)
      case 0x61...0x7A: digit = UInt32(byte - 0x61 + 26)
      case 0x30...0x39: digit = UInt32(byte - 0x30 + 52)
      case 0x2B: digit = 62
      case 0x2F: digit = 63
      case 0x3D:
        padding += 1
        digit = 0
      default: return false
      }
      if padding > 0, byte != 0x3D { return false }
      group = group << 6 | digit
      digits += 1
      guard digits % 4 == 0 else { continue }
      if padding > 2 { return false }
      each(UInt8(truncatingIfNeeded: group >> 16))
      if padding < 2 { each(UInt8(truncatingIfNeeded: group >> 8)) }
      if padding < 1 { each(UInt8(truncatingIfNeeded: group)) }
      group = 0
    }
    return digits % 4 == 0
  }
}
