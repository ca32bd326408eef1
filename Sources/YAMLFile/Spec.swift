import Yams

/// A place in a file: line and column, from 1.
package struct Mark: Sendable {
  /// From 1.
  package var line: Int
  /// From 1, in Unicode scalars.
  package var column: Int

  /// A place.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  init?(_ mark: Yams.Mark?) {
    guard let mark else { return nil }
    self.init(line: mark.line, column: mark.column)
  }
}

/// A node of a YAML file that knows where it stands and complains in one place. Reading never stops at the first fault:
/// whoever wrote the file wants to hear of all of them.
package struct Spec {
  package let node: Node
  package let report: Report

  /// A node whose complaints go to `report`.
  package init(node: Node, report: Report) {
    self.node = node
    self.report = report
  }

  /// Where complaints go.
  package final class Report {
    package let file: String
    package var diagnostics: [Diagnostic] = []

    package init(file: String) { self.file = file }

    package func add(_ mark: Mark?, _ text: String) {
      let found = Diagnostic(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, text: text)
      if !diagnostics.contains(found) { diagnostics.append(found) }
    }
  }

  /// One entry of a mapping.
  package struct Entry {
    package let key: String
    package let mark: Mark?
    package let value: Spec
  }

  /// Complains about a place inside this text, so many characters from its beginning.
  package func complain(at offset: Int, _ text: String) { report.add(mark(at: offset), text) }

  /// A place inside this text.
  package func mark(at offset: Int) -> Mark? {
    guard case .scalar(let scalar) = node, let mark else { return mark }
    let isQuoted = scalar.style == .doubleQuoted || scalar.style == .singleQuoted
    return Mark(line: mark.line, column: mark.column + offset + (isQuoted ? 1 : 0))
  }

  /// Where this node stands.
  package var mark: Mark? { Mark(node.mark) }

  /// Complains about a key of this mapping.
  package func complain(key: String, _ text: String) {
    report.add(entries("a mapping").first { $0.key == key }?.mark ?? mark, text)
  }

  /// Complains about this node.
  package func complain(_ text: String) { report.add(mark, text) }

  /// The text of a scalar; complains about anything else.
  package func text(_ what: String) -> String? {
    guard case .scalar(let scalar) = node else {
      complain("\(what) must be a text")
      return nil
    }
    if scalar.string.utf8.count > 65_535 { complain("\(what) is too long: 65535 bytes are the most") }
    return scalar.string
  }

  /// The entries of a mapping in their order; complains about anything else.
  package func entries(_ what: String) -> [Entry] {
    guard case .mapping(let mapping) = node else {
      complain("\(what) must be a mapping of names to values")
      return []
    }
    return mapping.compactMap { key, value in
      guard case .scalar(let scalar) = key else {
        report.add(Mark(key.mark), "a key must be a text")
        return nil
      }
      return Entry(key: scalar.string, mark: Mark(key.mark), value: Spec(node: value, report: report))
    }
  }

  /// The items of a sequence; a lone scalar or mapping counts as one item.
  package func items() -> [Spec] {
    if case .sequence(let sequence) = node { return sequence.map { Spec(node: $0, report: report) } }
    return [self]
  }

  /// The texts of a sequence, or one text.
  package func texts(_ what: String) -> [String] { items().compactMap { $0.text(what) } }

  /// Whether this is a sequence.
  package var isSequence: Bool { if case .sequence = node { true } else { false } }

  /// Whether this is a mapping.
  package var isMapping: Bool { if case .mapping = node { true } else { false } }

  /// The value of a key of a mapping.
  package subscript(key: String) -> Spec? {
    guard case .mapping(let mapping) = node, let value = mapping[key] else { return nil }
    return Spec(node: value, report: report)
  }

  /// An integer; complains about anything else.
  package func integer(_ what: String) -> Int? {
    guard let text = text(what) else { return nil }
    guard let value = Int(text) else {
      complain("\(what) must be a whole number, not '\(text)'")
      return nil
    }
    return value
  }

  /// `true` or `false`; complains about anything else.
  package func flag(_ what: String) -> Bool {
    let text = text(what)
    if let text, text != "true", text != "false" { complain("\(what) must be true or false, not '\(text)'") }
    return text == "true"
  }

  /// One of a closed list; complains about anything else and names the nearest.
  package func choice(_ what: String, of known: [String]) -> String? {
    guard let text = text(what) else { return nil }
    guard known.contains(text) else {
      complain("'\(text)' is no \(what): \(suggestion(for: text, among: known))")
      return nil
    }
    return text
  }

  /// Complains about every key that is not known.
  package func allow(_ known: [String], in what: String) {
    for entry in entries(what) where !known.contains(entry.key) {
      report.add(entry.mark, "'\(entry.key)' is no key of \(what): \(suggestion(for: entry.key, among: known))")
    }
  }

  /// Complains when a key is missing.
  package func require(_ keys: [String], in what: String) {
    for key in keys where self[key] == nil { complain("\(what) needs '\(key)'") }
  }
}

/// The nearest known word, or all of them when none is near.
package func suggestion(for word: String, among known: [String]) -> String {
  let near = known.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
  if let near, near.1 <= max(2, word.count / 3) { return "did you mean '\(near.0)'?" }
  return "known are " + known.joined(separator: ", ")
}

/// Edits from one word to the other (Levenshtein).
private func distance(_ left: String, _ right: String) -> Int {
  let a = Array(left), b = Array(right)
  var row = Array(0...b.count)
  for i in 1..<(a.count + 1) where !a.isEmpty {
    var corner = row[0]
    row[0] = i
    for j in 1..<(b.count + 1) where !b.isEmpty {
      let cost = a[i - 1] == b[j - 1] ? corner : corner + 1
      corner = row[j]
      row[j] = min(cost, row[j] + 1, row[j - 1] + 1)
    }
  }
  return row[b.count]
}
