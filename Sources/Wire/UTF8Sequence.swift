/// Well-formed UTF-8 (RFC 3629 §4): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Sequence {
  /// The length of the sequence at `offset`, 1 to 4 bytes; 0 if it is ill-formed or cut off.
  static func length(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let lead = bytes[offset]
    if lead < 0x80 { return 1 }
    let left = bytes.count - offset
    guard left >= 2 else { return 0 }
    let second = bytes[offset + 1]
    switch lead {
    case 0xC2...0xDF:
      return isContinuation(second) ? 2 : 0
    case 0xE0...0xEF:
      guard left >= 3, isContinuation(second), isContinuation(bytes[offset + 2]) else { return 0 }
      if lead == 0xE0 { return second >= 0xA0 ? 3 : 0 }
      if lead == 0xED { return second <= 0x9F ? 3 : 0 }
      return 3
    case 0xF0...0xF4:
      guard left >= 4, isContinuation(second), isContinuation(bytes[offset + 2]), isContinuation(bytes[offset + 3])
      else { return 0 }
      if lead == 0xF0 { return second >= 0x90 ? 4 : 0 }
      if lead == 0xF4 { return second <= 0x8F ? 4 : 0 }
      return 4
    default:
      return 0
    }
  }

  /// The offset of the first ill-formed sequence, or nil if all of it is well-formed.
  static func firstFault(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while offset < bytes.count {
      let length = length(bytes, at: offset)
      if length == 0 { return offset }
      offset += length
    }
    return nil
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
