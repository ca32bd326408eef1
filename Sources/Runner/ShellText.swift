/// Words for a POSIX shell.
enum ShellText {
  /// One word, whatever it holds.
  static func quote(_ word: String) -> String {
    var text = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" { text += "'\\''" } else { text.unicodeScalars.append(scalar) }
    }
    return text + "'"
  }

  /// Words with blanks between.
  static func quote(_ words: [String]) -> String { words.map(quote).joined(separator: " ") }
}
