extension Dialect {
  /// The profile a request is answered in; `header` gives the value of a header by its name in lower case.
  package func profile(header: (String) -> UnsafeRawBufferPointer?) -> String {
    for choice in choices {
      guard let value = header(choice.header), !value.isEmpty else { continue }
      guard let has = choice.has else { return choice.profile }
      if Dialect.holds(value, has) { return choice.profile }
    }
    return defaultProfile
  }

  /// Whether a header holds a piece, in whichever case, that no further digit follows: `version=1` does not stand in
  /// `version=12`.
  private static func holds(_ value: UnsafeRawBufferPointer, _ piece: String) -> Bool {
    let wanted = piece.utf8
    guard wanted.count <= value.count else { return false }
    return (0...value.count - wanted.count).contains { start in
      let end = start + wanted.count
      guard zip(value[start..<end], wanted).allSatisfy({ lower($0) == lower($1) }) else { return false }
      return end == value.count || !(0x30...0x39).contains(value[end])
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
