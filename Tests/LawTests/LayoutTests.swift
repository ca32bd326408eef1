import JobModel
import Mapping
import Testing
import Wire

/// White space between tokens says nothing (RFC 8259 §2): what is read at one look and what goes the long way is the same.
@Suite("However a document is laid out, it reads the same")
struct LayoutTests {
  /// Ways to put space behind colons and commas, and around brackets.
  static let layouts = [(": ", ", ", ""), (":  ", ",\n  ", "\n"), (" :\t", " ,", " "), (":", ",", "\r\n")]

  /// The same text, spaced.
  static func spaced(_ text: String, _ layout: (colon: String, comma: String, bracket: String)) -> String {
    var result = ""
    var isQuoted = false
    var isEscaped = false
    for character in text.unicodeScalars {
      if isQuoted {
        result.unicodeScalars.append(character)
        isQuoted = isEscaped || character != "\""
        isEscaped = !isEscaped && character == "\\"
        continue
      }
      switch character {
      case ":": result += layout.colon
      case ",": result += layout.comma
      case "{", "[": result += "\(character)\(layout.bracket)"
      case "}", "]": result += "\(layout.bracket)\(character)"
      default:
        isQuoted = character == "\""
        result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// What a document says to others, and what is lost on the way.
  private func said(_ text: String, _ spoken: Spoken, _ name: String, to other: String) -> String {
    let translation = Translation(
      from: .init(Dialects.shipped[spoken.dialect], profile: spoken.profile), to: .init(Dialects.shipped[other]))
    do {
      let written = try translation.translate(text, what: name)
      return written.text + written.losses.map { "\n\($0.field)" }.joined()
    } catch {
      return (error as? Fault).map { "\($0.kind) \($0.field ?? "")" } ?? "\(error)"
    }
  }

  @Test(arguments: Dialects.spoken)
  func spaces(_ spoken: Spoken) {
    let grammar = Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile)
    let strange = spoken.dialect == "xplenty" ? "pushy" : "xplenty"
    let pairs = ["job", "nodes", "submit"].flatMap { name in ["canonical", strange].map { (name, $0) } }
    for (name, other) in pairs
    where grammar.dialect.documents[name] != nil && Dialects.shipped[other].dialect.documents[name] != nil {
      let breach = firstBreach(tries / 10, from: 7, of: { grammar.document(name, &$0) }) { document in
        let text = document.compact
        let usual = said(text, spoken, name, to: other)
        for layout in Self.layouts {
          let found = said(Self.spaced(text, layout), spoken, name, to: other)
          if found != usual { return "\(found) is not \(usual)" }
        }
        return nil
      }
      #expect(breach == nil, "\(spoken) \(name) to \(other)")
    }
  }
}
