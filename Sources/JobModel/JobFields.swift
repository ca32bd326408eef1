/// The job's fields as Swift values, for everything that is not the hot path.
extension Job {
  /// The decoded text of a field of form text or number; nil when absent or null.
  package func text(_ field: Field) -> String? {
    guard has(field) else { return nil }
    switch field.form {
    case .text, .number, .json: return decoded(Text(cell: slots[Int(field.rawValue)]))
    case .bool, .word, .time, .texts, .rows: return nil
    }
  }

  /// A field's value as an integer, when it is one.
  package func integer(_ field: Field) -> Int64? {
    guard has(field) else { return nil }
    switch field.form {
    case .number, .text: return wholeNumber(arena.bytes(Text(cell: slots[Int(field.rawValue)])))
    default: return Int64(bitPattern: slots[Int(field.rawValue)])
    }
  }

  /// A field of form bool.
  package func flag(_ field: Field) -> Bool? { has(field) ? slots[Int(field.rawValue)] != 0 : nil }

  /// The JSON of a field of form json.
  package func json(_ field: Field) -> String? {
    guard has(field) else { return nil }
    return String(decoding: arena.bytes(Text(cell: slots[Int(field.rawValue)])), as: UTF8.self)
  }

  /// The job's phase; nil when nothing said one.
  package var phase: Phase? {
    get { has(.phase) ? Phase(rawValue: UInt8(truncatingIfNeeded: slots[Int(Field.phase.rawValue)])) : nil }
    set { set(.phase, word: newValue?.rawValue) }
  }

  /// The kind of work; nil when nothing said one.
  package var kind: WorkKind? {
    get { has(.kind) ? WorkKind(rawValue: UInt8(truncatingIfNeeded: slots[Int(Field.kind.rawValue)])) : nil }
    set { set(.kind, word: newValue?.rawValue) }
  }

  /// The texts of a list field.
  package func texts(_ field: Field) -> [String]? {
    guard has(field) else { return nil }
    let span = Span32(cell: slots[Int(field.rawValue)])
    return (span.start..<span.start + span.count).map { decoded(Text(cell: cells[$0])) }
  }

  /// Sets a text, a number (its digits) or, as JSON, a raw value. Nil takes the value away.
  package func set(_ field: Field, text: String?) {
    guard let text else { return clear(field) }
    switch field.form {
    case .text: fill(Int(field.rawValue), add(text).cell)
    default: fill(Int(field.rawValue), addRaw(text).cell)
    }
  }

  /// Sets an integer: a time in milliseconds since 1970, a number, or 0 and 1.
  package func set(_ field: Field, integer: Int64?) {
    guard let integer else { return clear(field) }
    switch field.form {
    case .number, .text:
      guard integer >= 0 else { return fill(Int(field.rawValue), addRaw("\(integer)").cell) }
      let start = arena.count
      arena.append(digits: integer)
      fill(Int(field.rawValue), Text(start: start, length: arena.count - start).cell)
    default: fill(Int(field.rawValue), UInt64(bitPattern: integer))
    }
  }

  /// Sets a flag.
  package func set(_ field: Field, flag: Bool?) { set(field, integer: flag.map { $0 ? 1 : 0 }) }

  /// Sets a list of texts.
  package func set(_ field: Field, texts: [String]?) {
    guard let texts else { return clear(field) }
    let added = texts.map { add($0).cell }
    let start = cells.count
    for cell in added { cells.append(cell) }
    fill(Int(field.rawValue), Span32(start: start, count: texts.count).cell)
  }

  private func set(_ field: Field, word: UInt8?) {
    guard let word else { return clear(field) }
    fill(Int(field.rawValue), UInt64(word))
  }

  /// Adds text to the arena, escaped for JSON.
  package func add(_ text: String) -> Text {
    var copy = text
    let plain = copy.withUTF8 { bytes -> Text? in
      let bytes = UnsafeRawBufferPointer(bytes)
      return isPlainJSON(bytes) ? Text(start: arena.append(bytes), length: bytes.count) : nil
    }
    if let plain { return plain }
    let bytes = escapedForJSON(text)
    let start = bytes.withUnsafeBytes { arena.append($0) }
    return Text(start: start, length: bytes.count, escaped: bytes.contains(0x5C))
  }

  /// Adds bytes to the arena as they are.
  package func addRaw(_ text: String) -> Text {
    var copy = text
    return copy.withUTF8 { Text(start: arena.append(UnsafeRawBufferPointer($0)), length: $0.count) }
  }

  /// The characters of a text, escapes resolved.
  package func decoded(_ text: Text) -> String {
    let raw = arena.bytes(text)
    return text.escaped ? unescapedJSON(raw) : String(decoding: raw, as: UTF8.self)
  }
}

/// The integer that digits stand for; nil for everything that is none, or too large.
func wholeNumber(_ digits: UnsafeRawBufferPointer) -> Int64? {
  let isNegative = digits.first == 0x2D
  let from = isNegative ? 1 : 0
  guard digits.count > from else { return nil }
  var value: Int64 = 0
  for at in from..<digits.count {
    guard (0x30...0x39).contains(digits[at]) else { return nil }
    let (times, over) = value.multipliedReportingOverflow(by: 10)
    let digit = Int64(digits[at] - 0x30)
    let (next, more) = isNegative ? times.subtractingReportingOverflow(digit) : times.addingReportingOverflow(digit)
    if over || more { return nil }
    value = next
  }
  return value
}
