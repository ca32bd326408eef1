/// Base64 (RFC 4648), written plainly and read strictly: one text for one value, so that nothing altered reads the same.
enum Base64 {
  /// The alphabet with `+` and `/`, or the one for URLs and file names with `-` and `_` (§5).
  enum Alphabet { case standard, url }

  /// Encodes without line breaks; `padded` says whether `=` fills the last group.
  static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .standard, padded: Bool = true) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var here = 0
    while here < bytes.count {
      let count = min(3, bytes.count - here)
      var group = UInt32(bytes[here]) << 16
      if count > 1 { group |= UInt32(bytes[here + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[here + 2]) }
      for place in 0...count { text.append(digit(UInt8(group >> (18 - 6 * UInt32(place)) & 63), alphabet)) }
      if padded { for _ in count..<3 { text.append(UInt8(ascii: "=")) } }
      here += 3
    }
    return text
  }

  /// The bytes a text stands for; nil for any character outside the alphabet, white space too, for a wrong length, for
  /// padding where none belongs or missing, and for last bits that are not zero.
  static func decode(
    _ text: UnsafeRawBufferPointer, _ alphabet: Alphabet = .standard, padded: Bool = true
  ) -> [UInt8]? {
    var length = text.count
    if padded {
      guard length % 4 == 0 else { return nil }
      for _ in 0..<2 where length > 0 && text[length - 1] == UInt8(ascii: "=") { length -= 1 }
    }
    guard length % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length / 4 * 3 + 2)
    var group: UInt32 = 0
    var bits = 0
    for index in 0..<length {
      guard let value = value(text[index], alphabet) else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        group &= (1 << UInt32(bits)) - 1
      }
    }
    return group == 0 ? bytes : nil
  }

  private static func digit(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: alphabet == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
    default: alphabet == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
    }
  }

  private static func value(_ digit: UInt8, _ alphabet: Alphabet) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+") where alphabet == .standard, UInt8(ascii: "-") where alphabet == .url: 62
    case UInt8(ascii: "/") where alphabet == .standard, UInt8(ascii: "_") where alphabet == .url: 63
    default: nil
    }
  }
}
