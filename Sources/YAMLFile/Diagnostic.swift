/// One thing that is wrong in a file, and what would be right.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  package var file: String
  /// From 1.
  package var line: Int
  /// From 1, in Unicode scalars.
  package var column: Int
  /// What is wrong, and what would be right.
  package var text: String

  /// A diagnostic at a place.
  package init(file: String, line: Int, column: Int, text: String) {
    self.file = file
    self.line = line
    self.column = column
    self.text = text
  }

  /// `file:line:column: text`.
  package var description: String { "\(file):\(line):\(column): \(text)" }
}

/// A file that cannot be used, with everything that is wrong in it.
package struct FileFault: Error, CustomStringConvertible {
  package var diagnostics: [Diagnostic]

  /// A file with these faults.
  package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// One line a diagnostic.
  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
