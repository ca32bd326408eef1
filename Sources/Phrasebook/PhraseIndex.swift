import JobModel

/// Finds the phrases that may fit a text without trying them all: by what their patterns begin with.
struct PhraseIndex: Sendable {
  /// Of the patterns that begin with a text: its length, the text, and which phrases.
  private var byPrefix: [Int: [ArraySlice<UInt8>: [Int]]] = [:]
  /// Those that begin with a place.
  private var anywhere: [Int] = []

  init(_ phrases: [Phrase], _ pattern: (Phrase) -> Pattern?) {
    for (index, phrase) in phrases.enumerated() {
      guard let pattern = pattern(phrase) else { continue }
      let prefix = pattern.prefix
      if prefix.isEmpty {
        anywhere.append(index)
      } else {
        byPrefix[prefix.count, default: [:]][prefix[...], default: []].append(index)
      }
    }
  }

  /// The phrases that may fit, first things first.
  func candidates(_ text: String) -> [Int] {
    let bytes = Array(text.utf8)
    var found = anywhere
    for (length, known) in byPrefix where length <= bytes.count {
      if let phrases = known[bytes[..<length]] { found += phrases }
    }
    return found.sorted()
  }
}
