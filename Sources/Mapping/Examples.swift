import JobModel

/// One example: a command, what goes in, and everything that must come out. Examples stand in Markdown files, in fenced
/// blocks whose lines begin with `% `; all else in such a file is prose for people.
package struct Example: Sendable, Equatable {
  /// The file it stands in, and the line of its command, from 1.
  package var file: String
  package var line: Int
  /// The command, without `% `.
  package var command: String
  /// What stands between the command and `^D`.
  package var input: String
  /// What is printed, without the lines that begin with `2> ` or `=> `.
  package var expected: String
  /// What is printed on the side, a line a loss or a fault, all of them and in this order.
  package var errors: [String]
  /// The exit code.
  package var exit: Int

  /// An example.
  package init(
    file: String, line: Int, command: String, input: String = "", expected: String = "", errors: [String] = [],
    exit: Int = 0
  ) {
    self.file = file
    self.line = line
    self.command = command
    self.input = input
    self.expected = expected
    self.errors = errors
    self.exit = exit
  }

  /// The words of the command.
  var words: [String] { command.split(separator: " ").map(String.init) }

  /// The dialects whose mappings it exercises.
  package var dialects: Set<String> {
    let words = words
    guard words.first == "translate" else { return Set(words.dropFirst().first.map { [$0] } ?? []) }
    let named = zip(words, words.dropFirst()).filter { $0.0 == "--from" || $0.0 == "--to" }
    return Set(named.map { String($0.1.prefix { $0 != "@" }) })
  }
}

/// How an example went.
package struct ExampleResult: Sendable, CustomStringConvertible {
  package var example: Example
  /// What differs, in lines for people; empty when nothing does.
  package var differences: [String]

  /// Whether everything came out as it was written down.
  package var passed: Bool { differences.isEmpty }

  /// `FILE:LINE: COMMAND`, then what differs, indented.
  package var description: String {
    (["\(example.file):\(example.line): \(example.command)"] + differences.map { "  " + $0 }).joined(separator: "\n")
  }
}

extension Loss {
  /// The line that is printed for it: `FIELD: DISPOSITION, BECAUSE`.
  package var line: String { "\(field): \(disposition), \(because)" }
}

extension Fault {
  /// The line that is printed for it: `KIND: TEXT`, and the member at fault.
  package var line: String { "\(kind.rawValue): \(text)" + (field.map { " (\($0))" } ?? "") }
}
