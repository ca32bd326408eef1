/// A second opinion: the grammar of RFC 8259 written down as plainly as possible, sharing nothing with `Wire`.
struct Oracle {
  private var rest: ArraySlice<UInt8>

  static func accepts(_ text: [UInt8], depth: Int = 64) -> Bool {
    var oracle = Oracle(rest: text[...])
    guard oracle.value(depth) else { return false }
    oracle.space()
    return oracle.rest.isEmpty
  }

  private mutating func space() {
    rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
  }

  private mutating func next(_ token: String) -> Bool {
    guard rest.starts(with: token.utf8) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  private mutating func value(_ depth: Int) -> Bool {
    space()
    switch rest.first {
    case UInt8(ascii: "{"): return items(depth, "{", "}") { $0.member($1) }
    case UInt8(ascii: "["): return items(depth, "[", "]") { $0.value($1) }
    case UInt8(ascii: "\""): return string()
    default: return next("true") || next("false") || next("null") || number()
    }
  }

  private mutating func items(_ depth: Int, _ open: String, _ close: String, _ item: (inout Oracle, Int) -> Bool)
    -> Bool
  {
    guard depth > 0, next(open) else { return false }
    space()
    if next(close) { return true }
    while item(&self, depth - 1) {
      space()
      if next(close) { return true }
      guard next(",") else { return false }
    }
    return false
  }

  private mutating func member(_ depth: Int) -> Bool {
    space()
    guard string() else { return false }
    space()
    return next(":") && value(depth)
  }

  private mutating func digits() -> Int {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return digits.count
  }

  private mutating func number() -> Bool {
    _ = next("-")
    if !next("0"), digits() == 0 { return false }
    if next("."), digits() == 0 { return false }
    if next("e") || next("E") {
      if !next("+") { _ = next("-") }
      if digits() == 0 { return false }
    }
    return true
  }

  /// The content is gathered as UTF-16 where it is escaped and as bytes where it is not; Swift judges both.
  private mutating func string() -> Bool {
    guard next("\"") else { return false }
    var raw: [UInt8] = []
    var units: [UInt16] = []
    func well() -> Bool {
      String(validating: raw, as: UTF8.self) != nil && String(validating: units, as: UTF16.self) != nil
    }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return well() }
      if byte < 0x20 { return false }
      if byte != UInt8(ascii: "\\") {
        // A raw byte between two escapes parts them.
        units.append(0x20)
        raw.append(byte)
        continue
      }
      guard let letter = rest.popFirst() else { return false }
      raw.append(0x20)
      if letter == UInt8(ascii: "u") {
        let digits = String(decoding: rest.prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
          let unit = UInt16(digits, radix: 16)
        else { return false }
        rest = rest.dropFirst(4)
        units.append(unit)
      } else {
        guard "\"\\/bfnrt".utf8.contains(letter) else { return false }
        units.append(0x20)
      }
    }
    return false
  }
}
