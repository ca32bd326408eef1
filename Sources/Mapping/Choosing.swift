extension Dialect {
  /// The profile a request is answered in; `header` gives the value of a header by its name in lower case.
  package func profile(header: (String) -> String?) -> String {
    for choice in choices {
      guard let value = header(choice.header), !value.isEmpty else { continue }
      guard let has = choice.has else { return choice.profile }
      if Dialect.holds(value, has) { return choice.profile }
    }
    return defaultProfile
  }

  /// Whether a header holds a piece that no further digit follows: `version=1` does not stand in `version=12`.
  private static func holds(_ value: String, _ piece: String) -> Bool {
    let text = Array(value.lowercased().utf8)
    let wanted = Array(piece.lowercased().utf8)
    guard wanted.count <= text.count else { return false }
    return (0...text.count - wanted.count).contains { start in
      let end = start + wanted.count
      guard text[start..<end].elementsEqual(wanted) else { return false }
      return end == text.count || !(0x30...0x39).contains(text[end])
    }
  }
}
