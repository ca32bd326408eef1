import JobModel
import Mapping
import Wire

extension Grammar {
  /// A value in a format, in every spelling a platform may use for it.
  func scalar(
    _ target: Target, _ format: Format, _ words: String?, _ peeks: [Peek], _ variant: Variant, _ dice: inout Dice
  ) -> JSON {
    switch format {
    case .text, .textOrFirst: return .string(dice.text())
    case .number, .whole: return isStrict ? .number("\(dice.below(1 << 40))") : .number(dice.number())
    case .numberText: return .string(dice.number())
    case .bool: return .bool(dice.once(in: 2))
    case .json:
      if variant.mustBeObject || !peeks.isEmpty { return record(peeks, &dice) }
      return dice.json(size: 1 + dice.below(8))
    case .strings: return .object(dice.names().map { JSON.Member($0, .string(dice.text())) })
    case .flat: return .object(dice.names().map { JSON.Member($0, .string(dice.text())) })
    case .names: return .array((0..<1 + dice.below(3)).map { _ in .string(dice.name()) })
    case .hostList:
      return .string(dice.pick(["web", "n[1-3]", "n[08-10,12],db", "r[1-2]n[1-2]", wild ? dice.text() : "a,b"]))
    case .shellWord:
      let word = dice.pick(["'chef-client'", "'it'\\''s'", wild ? dice.text() : "''"])
      return .string(variant.frame.before + word + variant.frame.after)
    case .minutes: return .number(wild ? dice.number() : "\(dice.below(1 << 20))")
    case .word: return .string(word(words, &dice))
    case .iso8601, .iso8601Millis: return .string(dice.iso(odd: wild))
    case .rfc1123: return .string(dice.rfc1123())
    case .epochSeconds: return .number("\(dice.below(2_000_000_000))")
    case .epochMillis: return .number("\(dice.below(2_000_000_000_000))")
    case .hex: return .string(dice.id(.hex))
    case .idNumber: return .number(dice.id(.number))
    case .idDigits: return .string(dice.id(.digits))
    case .inlineFile: return .string(dice.pick(["raw:" + dice.text(), "base64:ZWNobyBoZWxsbw==", "raw:"]))
    }
  }

  private func record(_ peeks: [Peek], _ dice: inout Dice) -> JSON {
    var members = dice.names().map { JSON.Member("n" + $0, dice.json(size: 2)) }
    for peek in peeks where !dice.once(in: 4) {
      let isNumber = peek.target.name == "node.exit"
      let value: JSON = isNumber ? .number(dice.pick(["0", "1", "0", "-9", "256"])) : .string(dice.text())
      members.append(JSON.Member(peek.key, dice.once(in: 10) ? dice.json(size: 1) : value))
    }
    return .object(members)
  }

  /// A word that is read, most often; now and then one nobody knows.
  private func word(_ table: String?, _ dice: inout Dice) -> String {
    let words = table.flatMap { dialect.words($0, profile: profile) }?.read.map(\.word) ?? []
    if words.isEmpty || (wild && dice.once(in: 12)) { return dice.text() }
    return dice.pick(words)
  }
}

extension Dice {
  /// A JSON value with about `size` parts, the names in an object all different.
  mutating func json(size: Int, depth: Int = 0) -> JSON {
    if size <= 1 || depth > 6 { return leaf() }
    let parts = 1 + below(min(size, 4))
    let values = (0..<parts).map { _ in json(size: (size - 1) / parts, depth: depth + 1) }
    if once(in: 3) { return .array(values) }
    return .object(values.enumerated().map { JSON.Member(text() + String($0.offset), $0.element) })
  }

  private mutating func leaf() -> JSON {
    switch below(9) {
    case 0: .null
    case 1: .bool(once(in: 2))
    case 2: .array([])
    case 3: .object([])
    case 4, 5: .number(number())
    default: .string(text())
    }
  }

  /// 1, 1.0, 1e2, −0, numbers of nineteen digits and more: all of them different.
  mutating func number() -> String {
    var digits = pick(["", "", "-"])
    digits += pick(["0", "1", "7", "12", "300", "9007199254740993", "9223372036854775807", "18446744073709551616"])
    if once(in: 4) { digits += "." + pick(["0", "5", "000", "25000000001"]) }
    if once(in: 6) { digits += pick(["e", "E"]) + pick(["", "+", "-"]) + pick(["0", "2", "308"]) }
    return digits
  }

  mutating func id(_ form: IDForm) -> String {
    switch form {
    case .hex:
      if once(in: 2) { return JobIDs().hex(UInt64(below(1 << 30))) }
      return (0..<32).map { _ in pick(Array("0123456789abcdef")) }.map(String.init).joined()
    case .number, .digits:
      return pick(["0", "1", "2345", "9007199254740993", "999999999999999999", "\(below(100_000))"])
    case .text: return once(in: 2) ? "\(below(100_000))" : name()
    }
  }

  mutating func name() -> String {
    once(in: 8) ? text() : pick(["node\(below(20))", "web.example.com", "db-\(below(5))"])
  }

  /// Some names, all different.
  mutating func names() -> [String] { (0..<below(4)).map { text() + "\($0)" } }

  /// Text of every sort of scalar, often of the lengths at which words of eight bytes begin and end.
  mutating func text() -> String {
    if once(in: 2) {
      return pick(["", "a", "deploy web", "chef-client", "é", "e\u{301}", "\u{301}a", "\"q\" \\ /", "日本"])
    }
    var scalars = String.UnicodeScalarView()
    for _ in 0..<pick([0, 1, 3, 7, 8, 9, 15, 16, 17, 33]) { scalars.append(scalar()) }
    return String(scalars)
  }

  private mutating func scalar() -> Unicode.Scalar {
    let bounds: (UInt32, UInt32)
    switch below(20) {
    case 0: bounds = (0x00, 0x1F)
    case 1: bounds = (0x7F, 0x7FF)
    case 2: bounds = (0x800, 0xD7FF)
    case 3: bounds = (0xE000, 0xFFFF)
    case 4: bounds = (0x10000, 0x10FFFF)
    case 5: return pick(["\"", "\\", "/", "\u{2028}", "\u{FEFF}", "\u{301}", "~"])
    default: bounds = (0x20, 0x7E)
    }
    return Unicode.Scalar(bounds.0 + UInt32(below(Int(bounds.1 - bounds.0 + 1)))) ?? "x"
  }

  private mutating func two(_ from: Int, _ to: Int) -> String {
    String(String(100 + from + below(to - from + 1)).dropFirst())
  }

  /// A moment in one of the spellings of RFC 3339.
  mutating func iso(odd: Bool) -> String {
    let day = "20\(two(0, 30))-\(two(1, 12))-\(two(1, 28))"
    let clock = "\(two(0, 23)):\(two(0, 59)):\(two(0, 59))"
    guard odd, once(in: 3) else { return "\(day)T\(clock)Z" }
    let fraction = pick(["", ".5", ".000", ".123", ".123456789"])
    return pick([
      "\(day)T\(clock)\(fraction)Z", "\(day)T\(clock)\(fraction)+05:30", "\(day)T\(clock)-00:00", day,
      "\(day) \(clock)",
    ])
  }

  /// A moment as HTTP writes it, now and then on a wrong day of the week.
  mutating func rfc1123() -> String {
    if once(in: 10) { return iso(odd: true) }
    return pick([
      "Tue, 04 Sep 2012 23:01:02 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 20 Nov 2026 19:44:01 GMT",
      "Mon, 20 Nov 2026 19:44:01 GMT", "Thu, 29 Feb 2024 00:00:00 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
    ])
  }
}
