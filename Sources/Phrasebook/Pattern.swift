/// A text with places in it: `run-etl {day}`. It matches texts and captures what stands in its places, and it can be
/// filled with captures again. A place takes at least one character, the shortest run that lets the rest match.
package struct Pattern: Sendable, Equatable {
  private enum Piece: Sendable, Equatable {
    case literal([UInt8])
    case place(String)
  }

  private let pieces: [Piece]
  /// As it was written.
  package let text: String

  /// Reads a pattern; nil when a brace is not closed, a place has no name or comes twice, or two places touch.
  package init?(_ text: String) {
    var pieces: [Piece] = []
    var names: Set<String> = []
    var rest = Substring(text)
    while !rest.isEmpty {
      guard let open = rest.firstIndex(of: "{") else {
        pieces.append(.literal(Array(rest.utf8)))
        break
      }
      if open > rest.startIndex { pieces.append(.literal(Array(rest[..<open].utf8))) }
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      let name = String(rest[rest.index(after: open)..<close])
      guard !name.isEmpty, names.insert(name).inserted else { return nil }
      if case .place? = pieces.last { return nil }
      pieces.append(.place(name))
      rest = rest[rest.index(after: close)...]
    }
    self.pieces = pieces
    self.text = text
  }

  /// Names of its places.
  package var places: [String] {
    pieces.compactMap { if case .place(let name) = $0 { name } else { nil } }
  }

  /// The text it begins with, before any place.
  var prefix: [UInt8] { if case .literal(let literal)? = pieces.first { literal } else { [] } }

  /// Whether it is one place and nothing else.
  var isLonePlace: Bool { if case .place? = pieces.first { pieces.count == 1 } else { false } }

  /// What stands in the places, if the whole text matches. Linear: no place is ever tried twice.
  package func match(_ text: String, into captures: inout [String: String]) -> Bool {
    let bytes = Array(text.utf8)
    var found = captures
    var at = 0
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let literal):
        guard bytes.dropFirst(at).starts(with: literal) else { return false }
        at += literal.count
      case .place(let name):
        var end = bytes.count
        if index + 1 < pieces.count, case .literal(let next) = pieces[index + 1] {
          let isLast = index + 2 == pieces.count
          guard let hit = Pattern.find(next, in: bytes, from: at + 1, last: isLast) else { return false }
          end = hit
        }
        guard end > at else { return false }
        let value = String(decoding: bytes[at..<end], as: UTF8.self)
        if let known = found[name], known != value { return false }
        found[name] = value
        at = end
      }
    }
    guard at == bytes.count else { return false }
    captures = found
    return true
  }

  /// The text with captures in its places; nil when one is missing.
  package func filled(_ captures: [String: String]) -> String? {
    var result = ""
    for piece in pieces {
      switch piece {
      case .literal(let literal): result += String(decoding: literal, as: UTF8.self)
      case .place(let name):
        guard let value = captures[name] else { return nil }
        result += value
      }
    }
    return result
  }

  /// The same for a command line: what stands in a place is words, quoted as a shell reads them.
  func matchCommand(_ text: String, into captures: inout [String: String]) -> Bool {
    guard !isLonePlace else { return match(text, into: &captures) }
    var found: [String: String] = [:]
    guard match(text, into: &found) else { return false }
    for (name, piece) in found {
      guard let word = ShellWord.unquoted(piece), captures[name] ?? word == word else { return false }
      captures[name] = word
    }
    return true
  }

  /// A command line with captures in its places, each one word of it; a lone place is the whole line as it stands.
  func filledCommand(_ captures: [String: String]) -> String? {
    isLonePlace ? filled(captures) : filled(captures.mapValues { ShellWord.quoted($0) })
  }

  private static func find(_ literal: [UInt8], in bytes: [UInt8], from start: Int, last: Bool) -> Int? {
    if last {
      let place = bytes.count - literal.count
      return place >= start && bytes.suffix(literal.count).elementsEqual(literal) ? place : nil
    }
    guard start + literal.count <= bytes.count else { return nil }
    return (start...bytes.count - literal.count).first { bytes[$0..<$0 + literal.count].elementsEqual(literal) }
  }
}
