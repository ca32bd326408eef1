/// One word of a shell's command line (POSIX.1-2024, Shell Command Language 2.2): how a captured text is put into one, and
/// what a captured word says. Quoted by rule, so that no parameter can become a second command.
enum ShellWord {
  /// A text as one word: as it is when nothing in it means anything to a shell, in single quotes otherwise.
  static func quoted(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    var result = "'"
    for character in text { result += character == "'" ? "'\\''" : String(character) }
    return result + "'"
  }

  /// What a piece of a command line says; nil when it is more than words without a meaning to a shell.
  static func unquoted(_ piece: String) -> String? {
    guard piece.contains("'") else {
      return piece.utf8.allSatisfy { isPlain($0) || $0 == 0x20 } ? piece : nil
    }
    var result = ""
    var rest = Substring(piece)
    while let first = rest.first {
      if first == "'" {
        let inside = rest.dropFirst().prefix { $0 != "'" }
        guard rest.count > inside.count + 1 else { return nil }
        result += inside
        rest = rest.dropFirst(inside.count + 2)
      } else if rest.hasPrefix("\\'") {
        result += "'"
        rest = rest.dropFirst(2)
      } else {
        let plain = rest.prefix { $0.utf8.allSatisfy(isPlain) }
        guard !plain.isEmpty else { return nil }
        result += plain
        rest = rest.dropFirst(plain.count)
      }
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    default: "%+,-./:=@_".utf8.contains(byte)
    }
  }
}
