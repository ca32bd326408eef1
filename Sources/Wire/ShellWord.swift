/// A text as one word of a POSIX shell: in single quotes, where nothing means anything but the quote itself.
package enum ShellWord {
  /// The word.
  package static func quoted(_ text: String) -> String {
    var word = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
    }
    return word + "'"
  }

  /// The text of a word that `quoted` has made; nil for any other.
  package static func text(_ word: String) -> String? {
    let scalars = Array(word.unicodeScalars)
    guard scalars.count > 1, scalars.first == "'", scalars.last == "'" else { return nil }
    var text = String.UnicodeScalarView()
    var at = 1
    while at < scalars.count - 1 {
      if scalars[at] == "'" {
        guard at + 4 < scalars.count, scalars[at + 1] == "\\", scalars[at + 2] == "'", scalars[at + 3] == "'" else {
          return nil
        }
        text.append("'")
        at += 4
      } else {
        text.append(scalars[at])
        at += 1
      }
    }
    return String(text)
  }
}
