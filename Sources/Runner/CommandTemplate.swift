/// A whitelist's command line with its `\1` turned into the shell's own parameters.
///
/// What a caller said never becomes part of the text that the shell parses, so there is nothing to escape: the line
/// refers to `${1}`, quoted as the place needs, and the words travel as arguments. Even where the quoting is misjudged
/// (inside a `$(…)` within quotes) a word can at worst be split, never executed.
struct CommandTemplate {
  /// The text for `sh -c`. The whole command, `\0`, is its tenth parameter.
  private(set) var program = ""
  /// The groups it refers to.
  private(set) var groups: Set<Int> = []

  private enum Quote { case none, single, double }

  init(_ line: String) {
    var quote = Quote.none
    var rest = line.unicodeScalars[...]
    while let next = rest.popFirst() {
      if next == "\\", let following = rest.first {
        if let group = Self.digit(following) {
          rest.removeFirst()
          groups.insert(group)
          program += Self.reference(group, quote)
          continue
        }
        program.unicodeScalars.append(next)
        // What follows a backslash is not a quote, except in single quotes, where a backslash is only itself.
        if quote != .single {
          rest.removeFirst()
          program.unicodeScalars.append(following)
        }
        continue
      }
      quote = Self.quote(after: next, in: quote)
      program.unicodeScalars.append(next)
    }
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    ("0"..."9").contains(scalar) ? Int(scalar.value) - 48 : nil
  }

  private static func quote(after scalar: Unicode.Scalar, in quote: Quote) -> Quote {
    switch (quote, scalar) {
    case (.none, "'"): .single
    case (.none, "\""): .double
    case (.single, "'"), (.double, "\""): .none
    default: quote
    }
  }

  private static func reference(_ group: Int, _ quote: Quote) -> String {
    let parameter = "${\(group == 0 ? 10 : group)}"
    switch quote {
    case .none: return "\"\(parameter)\""
    case .double: return parameter
    case .single: return "'\"\(parameter)\"'"
    }
  }
}
