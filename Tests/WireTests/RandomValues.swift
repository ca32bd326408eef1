import Wire

extension Dice {
  /// A JSON value with about `size` parts, names in an object all different.
  mutating func value(size: Int, depth: Int = 0) -> JSON {
    if size <= 1 || depth > 20 { return leaf() }
    let parts = 1 + below(min(size, 9))
    let values = (0..<parts).map { _ in value(size: (size - 1) / parts, depth: depth + 1) }
    if below(2) == 0 { return .array(values) }
    return .object(values.enumerated().map { JSON.Member(text() + String($0.offset), $0.element) })
  }

  private mutating func leaf() -> JSON {
    switch below(10) {
    case 0: .null
    case 1: .bool(below(2) == 0)
    case 2: .array([])
    case 3: .object([])
    case 4, 5, 6: .number(number())
    default: .string(text())
    }
  }

  mutating func number() -> String {
    var digits = pick(["", "-"]) + pick(["0", "7", "12", "9007199254740993", String(next())])
    if below(3) == 0 { digits += "." + pick(["0", "5", "000", "25000000001"]) }
    if below(4) == 0 { digits += pick(["e", "E"]) + pick(["", "+", "-"]) + pick(["0", "7", "308"]) }
    return digits
  }

  /// Text of every sort of scalar, often of the lengths at which words of eight bytes begin and end.
  mutating func text() -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<pick([0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 40]) { scalars.append(scalar()) }
    return String(scalars)
  }

  private mutating func scalar() -> Unicode.Scalar {
    let range: ClosedRange<UInt32>
    switch below(20) {
    case 0: range = 0x00...0x1F
    case 1: range = 0x7F...0x7FF
    case 2: range = 0x800...0xD7FF
    case 3: range = 0xE000...0xFFFF
    case 4: range = 0x10000...0x10FFFF
    case 5: return pick(["\"", "\\", "/", "\u{2028}", "\u{FEFF}", "\u{301}"])
    default: range = 0x20...0x7E
    }
    return Unicode.Scalar(UInt32.random(in: range, using: &self)) ?? "x"
  }
}
