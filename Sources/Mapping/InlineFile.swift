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
    guard let length = length(UnsafeRawBufferPointer(rebasing: text[7...])) else { return "undecodable" }
    return length > most ? "long" : nil
  }

  /// The bytes of a file; nil when the text is none.
  package static func content(_ text: String) -> [UInt8]? {
    var copy = text
    return copy.withUTF8 { utf8 in
      let text = UnsafeRawBufferPointer(utf8)
      if begins(text, with: "raw:") { return Array(text.dropFirst(4)) }
      guard begins(text, with: "base64:") else { return nil }
      return decoded(UnsafeRawBufferPointer(rebasing: text[7...]))
    }
  }

  /// By bytes: an accent behind the colon would make another character of it.
  private static func begins(_ text: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { text.starts(with: $0) }
  }

  /// How many bytes a text encodes; nil when it is no base64.
  private static func length(_ text: UnsafeRawBufferPointer) -> Int? {
    var digits = 0
    var padding = 0
    for place in 0..<text.count {
      let byte = text[place]
      if padding == 0, isDigit(byte) {
        digits &+= 1
      } else if byte == 0x3D {
        padding &+= 1
      } else if !isSpace(byte) {
        return nil
      }
    }
    guard padding <= 2, (digits + padding) % 4 == 0 else { return nil }
    return (digits + padding) / 4 * 3 - padding
  }

  private static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let length = length(text) else { return nil }
    return [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
      var group: UInt32 = 0
      var bits: UInt32 = 0
      for byte in text where isDigit(byte) {
        group = group << 6 | digit(byte)
        bits += 6
        guard bits >= 8 else { continue }
        bits -= 8
        bytes[count] = UInt8(truncatingIfNeeded: group >> bits)
        count += 1
      }
    }
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// A file is as long as the rest of its job: asking range by range takes longer.
  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool {
    // Bit n: byte n, and byte 64 + n.
    let (low, high): (UInt64, UInt64) = (0x03FF_8800_0000_0000, 0x07FF_FFFE_07FF_FFFE)
    let bits = byte < 0x40 ? low : byte < 0x80 ? high : 0
    return bits &>> UInt64(byte & 0x3F) & 1 == 1
  }

  private static func digit(_ byte: UInt8) -> UInt32 {
    switch byte {
    case 0x41...0x5A: UInt32(byte - 0x41)
    case 0x61...0x7A: UInt32(byte - 0x61 + 26)
    case 0x30...0x39: UInt32(byte - 0x30 + 52)
    case 0x2B: 62
    default: 63
    }
  }
}
