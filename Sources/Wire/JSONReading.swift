extension JSON {
  /// What to do with a name that stands several times in one object.
  package enum Duplicates: Sendable {
    /// A fault: whichever is taken, another reader takes the other.
    case refuse
    /// The first value counts.
    case firstWins
    /// The last value counts, in the place of the first.
    case lastWins
    /// Every member stays.
    case keep
  }

  /// Reads one JSON text (RFC 8259); names are compared unescaped.
  ///
  /// - Parameters:
  ///   - bytes: The text, UTF-8.
  ///   - depth: How many brackets may be open inside each other, at most 64.
  ///   - limit: How many bytes are looked at before the text is refused as too large.
  ///   - duplicates: What a repeated name means.
  package init(
    parsing bytes: some Collection<UInt8>, depth: Int = 64, limit: Int = 16 << 20, duplicates: Duplicates = .refuse
  ) throws(JSONFault) {
    guard bytes.count <= limit else { throw JSONFault(.tooLarge, offset: max(limit, 0)) }
    let read = { (buffer: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONFault> in
      var reader = Reader(bytes: UnsafeRawBufferPointer(buffer), depth: depth, duplicates: duplicates)
      return reader.text()
    }
    self = try (bytes.withContiguousStorageIfAvailable(read) ?? Array(bytes).withUnsafeBufferPointer(read)).get()
  }

  /// Reads one JSON text, like `init(parsing:)` of bytes.
  package init(
    parsing text: String, depth: Int = 64, limit: Int = 16 << 20, duplicates: Duplicates = .refuse
  ) throws(JSONFault) {
    try self.init(parsing: text.utf8, depth: depth, limit: limit, duplicates: duplicates)
  }
}

/// Builds values on top of the cursor, which does all of the validating.
private struct Reader {
  let bytes: UnsafeRawBufferPointer
  let duplicates: JSON.Duplicates
  var tokens: Tokens

  init(bytes: UnsafeRawBufferPointer, depth: Int, duplicates: JSON.Duplicates) {
    self.bytes = bytes
    self.duplicates = duplicates
    tokens = Tokens(bytes, depth: depth)
  }

  mutating func text() -> Result<JSON, JSONFault> {
    let value = value()
    tokens.end()
    if let fault = tokens.fault { return .failure(fault) }
    return .success(value)
  }

  /// The recursion ends at the cursor's depth.
  private mutating func value() -> JSON {
    switch tokens.peek() {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return array()
    case UInt8(ascii: "\""): return .string(string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(tokens.bool())
    case UInt8(ascii: "n"):
      tokens.null()
      return .null
    default: return number()
    }
  }

  private mutating func array() -> JSON {
    tokens.expect(UInt8(ascii: "["))
    guard tokens.enter() else { return .null }
    var elements: [JSON] = []
    if !tokens.take(UInt8(ascii: "]")) {
      repeat { elements.append(value()) } while tokens.take(UInt8(ascii: ","))
      tokens.expect(UInt8(ascii: "]"))
    }
    tokens.leave()
    return .array(elements)
  }

  private mutating func object() -> JSON {
    tokens.expect(UInt8(ascii: "{"))
    guard tokens.enter() else { return .null }
    var members: [JSON.Member] = []
    var places: [[UInt8]: Int] = [:]
    if !tokens.take(UInt8(ascii: "}")) {
      repeat {
        _ = tokens.peek()
        let place = tokens.at
        let name = string()
        tokens.expect(UInt8(ascii: ":"))
        add(JSON.Member(name, value()), from: place, to: &members, &places)
      } while tokens.take(UInt8(ascii: ","))
      tokens.expect(UInt8(ascii: "}"))
    }
    tokens.leave()
    return .object(members)
  }

  private mutating func add(
    _ member: JSON.Member, from offset: Int, to members: inout [JSON.Member], _ places: inout [[UInt8]: Int]
  ) {
    let name = Array(member.name.utf8)
    guard duplicates != .keep, let earlier = places[name] else {
      places[name] = members.count
      return members.append(member)
    }
    switch duplicates {
    case .refuse: tokens.fail(.duplicateKey, at: offset)
    case .lastWins: members[earlier] = member
    case .firstWins, .keep: break
    }
  }

  private mutating func string() -> String {
    let range = tokens.string()
    guard tokens.fault == nil else { return "" }
    return JSONText.decoded(UnsafeRawBufferPointer(rebasing: bytes[range.start..<range.end]))
  }

  private mutating func number() -> JSON {
    let range = tokens.number()
    guard tokens.fault == nil else { return .null }
    return .number(String(decoding: bytes[range.start..<range.end], as: UTF8.self))
  }
}
