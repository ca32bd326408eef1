/// Lower-case hexadecimal digits, as trace contexts have them.
enum Hex {
  /// The digit that stands for 0…15.
  static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }

  /// Writes 16 digits, eight at a time: the nibbles are spread over the bytes of a word, and each becomes its digit.
  static func write(_ value: UInt64, to place: UnsafeMutableRawPointer) {
    place.storeBytes(of: digits(UInt32(truncatingIfNeeded: value >> 32)).bigEndian, as: UInt64.self)
    place.storeBytes(of: digits(UInt32(truncatingIfNeeded: value)).bigEndian, toByteOffset: 8, as: UInt64.self)
  }

  private static func digits(_ value: UInt32) -> UInt64 {
    var word = UInt64(value)
    word = (word & 0xFFFF_0000) << 16 | (word & 0x0000_FFFF)
    word = (word & 0x0000_FF00_0000_FF00) << 8 | (word & 0x0000_00FF_0000_00FF)
    word = (word & 0x00F0_00F0_00F0_00F0) << 4 | (word & 0x000F_000F_000F_000F)
    let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
  }

  /// The value of `count` digits, 16 at most; nil when one of them is none, or a capital.
  static func value(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UInt64? {
    var value: UInt64 = 0
    var index = start
    while index < start + count {
      let byte = text[index]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt64(byte &- 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(byte &- 0x57)
      default: return nil
      }
      index += 1
    }
    return value
  }
}
