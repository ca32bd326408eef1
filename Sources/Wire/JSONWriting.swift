extension JSON {
  /// Writes the value, on one line without spaces, or indented by two spaces a level.
  package func write(to output: Output, pretty: Bool = false) {
    write(to: output, indentation: pretty ? 0 : nil)
  }

  /// The value on one line without spaces.
  package var compact: String { text(pretty: false) }

  /// The value on several lines, for people.
  package var pretty: String { text(pretty: true) }

  private func text(pretty: Bool) -> String {
    let output = Output(capacity: 256)
    write(to: output, pretty: pretty)
    return String(decoding: output.written, as: UTF8.self)
  }

  private func write(to output: Output, indentation: Int?) {
    switch self {
    case .null: output.text("null")
    case .bool(true): output.text("true")
    case .bool(false): output.text("false")
    case .number(let digits): output.string(digits)
    case .string(let text): output.quoted(text)
    case .array(let elements):
      JSON.write(elements, between: "[", "]", to: output, indentation) { element, inner in
        element.write(to: output, indentation: inner)
      }
    case .object(let members):
      JSON.write(members, between: "{", "}", to: output, indentation) { member, inner in
        output.quoted(member.name)
        output.text(inner == nil ? ":" : ": ")
        member.value.write(to: output, indentation: inner)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], between open: StaticString, _ close: StaticString, to output: Output, _ indentation: Int?,
    each: (Item, Int?) -> Void
  ) {
    output.text(open)
    let inner = indentation.map { $0 + 1 }
    for (index, item) in items.enumerated() {
      if index > 0 { output.byte(UInt8(ascii: ",")) }
      newLine(inner, to: output)
      each(item, inner)
    }
    if !items.isEmpty { newLine(indentation, to: output) }
    output.text(close)
  }

  private static func newLine(_ indentation: Int?, to output: Output) {
    guard let indentation else { return }
    output.byte(UInt8(ascii: "\n"))
    for _ in 0..<indentation { output.text("  ") }
  }
}

extension JSON: CustomStringConvertible {
  /// The value on one line, for messages.
  package var description: String { compact }
}
