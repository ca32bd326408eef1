/// Finds the examples in a Markdown text.
///
/// A fenced block is read when its first line begins with `% `; it may hold several commands. `translate` and
/// `recognise` read what follows up to a line `^D`. Then come the lines that are printed; `2> ` marks those on the side, `=> N` the exit code.
struct ExampleParser {
  private let file: String
  private var found: [Example] = []
  private var inBlock = false
  /// Whether the lines now belong to the input of the last example.
  private var inInput = false
  private var lines: [Substring] = []

  /// The examples of a file.
  static func examples(_ text: String, file: String) -> [Example] {
    var parser = ExampleParser(file: file)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      parser.take(line.element, number: line.offset + 1)
    }
    parser.close()
    return parser.found
  }

  private init(file: String) { self.file = file }

  private mutating func take(_ line: Substring, number: Int) {
    if line.hasPrefix("```") {
      close()
      inBlock.toggle()
    } else if inBlock, line.hasPrefix("% ") {
      close()
      found.append(Example(file: file, line: number, command: String(line.dropFirst(2))))
      inInput = line.hasPrefix("% translate") || line.hasPrefix("% recognise")
    } else if inBlock, found.last != nil {
      put(line)
    }
  }

  private mutating func put(_ line: Substring) {
    let last = found.count - 1
    if inInput {
      if line == "^D" {
        found[last].input = lines.joined(separator: "\n")
        lines = []
        inInput = false
      } else {
        lines.append(line)
      }
    } else if line.hasPrefix("2> ") {
      found[last].errors.append(String(line.dropFirst(3)))
    } else if line.hasPrefix("=> ") {
      found[last].exit = Int(line.dropFirst(3)) ?? -1
    } else {
      lines.append(line)
    }
  }

  /// Ends the example being read.
  private mutating func close() {
    defer { lines = [] }
    guard inBlock, let last = found.indices.last, !lines.isEmpty || inInput else { return }
    if inInput {
      found[last].errors.append("(the input is not closed: a line ^D is missing)")
      found[last].input = lines.joined(separator: "\n")
      inInput = false
    } else {
      found[last].expected = lines.joined(separator: "\n")
    }
  }
}
