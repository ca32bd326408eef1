/// Hexadecimal digits, for `\u` and `%` escapes.
@usableFromInline
enum Hexadecimal {
  /// What a digit of either case stands for, 0 to 15; nil for any other byte.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static func lower(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  static func upper(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  /// The eight digits of a word, in lower case, the first in the lowest byte.
  fileprivate static func digits(_ word: UInt32) -> UInt64 {
    // Each digit into a byte of its own, the last one first.
    var spread = UInt64(word)
    spread = (spread | spread &<< 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread &<< 8) & 0x00FF_00FF_00FF_00FF
    spread = (spread | spread &<< 4) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (spread &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
    return (spread &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
  }
}

extension Output {
  /// Writes the 16 hexadecimal digits of a number, in lower case.
  package func hexadecimal(_ value: UInt64) {
    let place = UnsafeMutableRawPointer(room(16))
    let (high, low) = (UInt32(truncatingIfNeeded: value &>> 32), UInt32(truncatingIfNeeded: value))
    place.storeBytes(of: Hexadecimal.digits(high).littleEndian, as: UInt64.self)
    place.storeBytes(of: Hexadecimal.digits(low).littleEndian, toByteOffset: 8, as: UInt64.self)
    advance(16)
  }
}
