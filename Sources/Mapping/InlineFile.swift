/// The codec of a file inside a JSON string: `raw:` and the text, or `base64:` and its encoding (RFC 4648 §4, padding
/// required, white space skipped).
package enum InlineFile {
  /// Largest content, in bytes.
  package static let most = 100_000

  /// The rule that a text breaks, as mappings name it: `prefix`, `undecodable`, `long`; nil when it is a file.
  package static func fault(_ text: String) -> String? {
    if text.hasPrefix("raw:") { return text.utf8.count - 4 > most ? "long" : nil }
    guard text.hasPrefix("base64:") else { return "prefix" }
    guard let content = decode(text.dropFirst(7)) else { return "undecodable" }
    return content.count > most ? "long" : nil
  }

  /// The bytes of a file; nil when the text is none.
  package static func content(_ text: String) -> [UInt8]? {
    if text.hasPrefix("raw:") { return Array(text.dropFirst(4).utf8) }
    guard text.hasPrefix("base64:") else { return nil }
    return decode(text.dropFirst(7))
  }

  private static func decode(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for byte in text.utf8 where ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
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
      default: return nil
      }
      if padding > 0, byte != 0x3D { return nil }
      group = group << 6 | digit
      digits += 1
      guard digits % 4 == 0 else { continue }
      if padding > 2 { return nil }
      for shift in [16, 8, 0].dropLast(padding) { bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(shift))) }
      group = 0
    }
    return digits % 4 == 0 ? bytes : nil
  }
}
