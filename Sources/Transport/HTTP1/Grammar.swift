import HTTP2

/// Which bytes may stand where in HTTP/1.1 (RFC 9110 §5.6.2, §5.5; RFC 9112 §3).
enum Grammar {
  /// `tchar`: letters, digits and ``!#$%&'*+-.^_`|~``; a bit for each byte below 128.
  private static let tokenLow: UInt64 = 0x03ff_6cfa_0000_0000
  private static let tokenHigh: UInt64 = 0x57ff_ffff_c7ff_fffe

  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    if byte < 64 { return tokenLow >> UInt64(byte) & 1 == 1 }
    return byte < 128 && tokenHigh >> UInt64(byte &- 64) & 1 == 1
  }

  static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where !isToken(byte) { return false }
    return !bytes.isEmpty
  }

  /// `field-value`: visible, space, tab, and anything above ASCII.
  static func isValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.isVisible(from: 32) { return true }
    for byte in bytes where byte < 32 ? byte != 9 : byte == 127 { return false }
    return true
  }

  /// A target: visible characters, and what lies above ASCII, which some clients forget to escape.
  static func isTarget(_ bytes: UnsafeRawBufferPointer) -> Bool {
    !bytes.isEmpty && bytes.isVisible(from: 33)
  }

  /// Without the spaces and tabs at both ends.
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var low = 0
    var high = bytes.count
    while low < high, bytes[low] == 32 || bytes[low] == 9 { low += 1 }
    while high > low, bytes[high - 1] == 32 || bytes[high - 1] == 9 { high -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
  }

  /// Equal but for the case of letters; `word` is given in lower case.
  static func equal(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for (index, byte) in bytes.enumerated() where lower(byte) != word.utf8Start[index] { return false }
    return true
  }

  @inline(__always)
  static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

  /// Whether a list of tokens (`Connection: keep-alive, close`) holds this one.
  static func list(_ bytes: UnsafeRawBufferPointer, holds word: StaticString) -> Bool {
    var start = 0
    for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: ",") {
      if equal(trimmed(UnsafeRawBufferPointer(rebasing: bytes[start..<index])), word) { return true }
      start = index + 1
    }
    return false
  }

  /// The same for a token that is known only when the program runs, in lower case.
  static func list(_ bytes: UnsafeRawBufferPointer, holds word: UnsafeRawBufferPointer) -> Bool {
    bytes.split(separator: UInt8(ascii: ",")).contains { part in
      trimmed(UnsafeRawBufferPointer(rebasing: part)).elementsEqual(word) { lower($0) == $1 }
    }
  }

  /// `Content-Length`: digits and nothing else, few enough not to overflow.
  static func length(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
    var number = 0
    for byte in bytes {
      guard byte &- 48 < 10 else { return nil }
      number = number * 10 + Int(byte &- 48)
    }
    return number
  }

  @inline(__always)
  static func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...70: Int(byte) - 55
    case 97...102: Int(byte) - 87
    default: nil
    }
  }
}
