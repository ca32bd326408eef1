import JobModel
import YAMLFile

/// Reads what one member holds.
struct ValueParser {
  let parser: DocumentParser
  let spec: Spec
  let table: Table?

  /// The value; nil when it is wrong, which has been said.
  func value() -> Value? {
    let constructs = [
      "is", "of", "each", "group", "count", "counts", "const", "template", "foreign", "entries", "lone",
    ]
    let used = constructs.filter { spec[$0] != nil && !($0 == "of" && spec["each"] != nil) }
    guard let construct = used.first, used.count == 1 else {
      spec.complain(
        used.isEmpty
          ? "a member must say what it holds: one of \(constructs.joined(separator: ", "))"
          : "a member holds one thing, not \(used.joined(separator: " and "))")
      return nil
    }
    guard let body = spec[construct] else { return nil }
    switch construct {
    case "is": return field(body)
    case "of":
      return .object(
        parser.deeper.members(body, table: table), omitEmpty: spec["omit-empty"]?.flag("omit-empty") ?? false)
    case "lone": return .lone(parser.deeper.members(body, table: table))
    case "each": return each(body)
    case "group": return rows(body) == .nodes ? .group : nil
    case "count": return rows(body).map { .count($0) }
    case "counts": return rows(body) == .nodes ? .counts : nil
    case "const": return const(body)
    case "template": return template(body)
    case "foreign": return .foreign
    default: return .entries
    }
  }

  private func field(_ body: Spec) -> Value? {
    guard let name = body.text("is"), let target = parser.target(name, mark: body.mark, table: table) else {
      return nil
    }
    guard let written = spec["as"], let format = written.text("as") else {
      spec.complain("'\(name)' needs 'as': how it is spelt")
      return nil
    }
    let tables = parser.tables.keys.sorted()
    let known = Format.allCases.filter { $0 != .word }
    if let plain = known.first(where: { $0.name == format }) {
      guard plain.forms.contains(target.form) else {
        let fitting = known.filter { $0.forms.contains(target.form) }.map(\.name)
        let list = target.form == .word ? tables : fitting
        written.complain(
          "'\(name)' cannot be spelt as \(format): \(list.isEmpty ? "nothing" : list.joined(separator: ", ")) can")
        return nil
      }
      return .field(target, plain, words: nil, peeks: peeks())
    }
    guard let words = parser.tables[format] else {
      written.complain("'\(format)' is no format: \(suggestion(for: format, among: known.map(\.name) + tables))")
      return nil
    }
    guard target.form == .word || target.form == .bool, words.of == target.wordsOf else {
      written.complain("the words '\(format)' are not for '\(name)'")
      return nil
    }
    return .field(target, .word, words: format, peeks: [])
  }

  private func peeks() -> [Peek] {
    guard let spec = spec["peeks"] else { return [] }
    return spec.entries("peeks").compactMap { entry in
      guard let name = entry.value.text("a field"),
        let target = parser.target(name, mark: entry.value.mark, table: table)
      else { return nil }
      return Peek(key: entry.key, target: target)
    }
  }

  private func each(_ body: Spec) -> Value? {
    guard let rows = rows(body) else { return nil }
    guard let of = spec["of"] else {
      spec.complain("'each' needs 'of': the members of one row")
      return nil
    }
    if table != nil { spec.complain(key: "each", "rows cannot stand inside rows") }
    return .each(rows, parser.members(of, table: rows))
  }

  private func rows(_ body: Spec) -> Table? {
    guard let name = body.text("a table") else { return nil }
    let known = Table.allCases.map(\.field.name)
    guard let field = Field(name: name), let found = Table(field) else {
      body.complain("'\(name)' has no rows: \(suggestion(for: name, among: known))")
      return nil
    }
    return found
  }

  private func const(_ body: Spec) -> Value? {
    guard let text = body.text("const") else { return nil }
    guard let compact = compactJSON(text) else {
      body.complain("'\(text)' is no JSON value; write a text as '\"text\"'")
      return nil
    }
    return .const(compact)
  }

  private func template(_ body: Spec) -> Value? {
    guard let text = body.text("template") else { return nil }
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        body.complain(at: text.distance(from: text.startIndex, to: open), "this '{' of the template is never closed")
        return nil
      }
      let name = String(rest[rest.index(after: open)..<close])
      let place = body.mark(at: text.distance(from: text.startIndex, to: open) + 1)
      guard let target = parser.target(name, mark: place, table: table) else { return nil }
      pieces.append(.value(target))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    var reads: Field?
    if let spec = spec["reads"], let name = spec.text("reads") {
      reads = Field(name: name)
      if reads == nil {
        spec.complain(
          "'\(name)' is no field of the canonical job: \(suggestion(for: name, among: Field.allCases.map(\.name)))")
      } else if reads?.form != .text {
        spec.complain("'\(name)' holds no text: the last piece of an address is one, as job.id")
      }
    }
    return .template(pieces, reads: reads)
  }
}

extension Target {
  /// What its words stand for.
  var wordsOf: Words.Of {
    switch self {
    case .slot(.kind): .kind
    case .slot where form == .bool: .flag
    case .slot: .phase
    case .column(.history, _): .phase
    case .column(.events, _): .event
    case .column: .node
    }
  }
}
