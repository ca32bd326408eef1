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

  /// Hands over the phrases that may fit, first things first, until one is taken.
  func first<Result>(for text: String, _ take: (Int) -> Result?) -> Result? {
    let bytes = Array(text.utf8)
    var begun: [Int] = []
    for (length, known) in byPrefix where length <= bytes.count {
      if let phrases = known[bytes[..<length]] { begun += phrases }
    }
    begun.sort()
    var (next, other) = (0, 0)
    while next < begun.count || other < anywhere.count {
      let isBegun = next < begun.count && (other == anywhere.count || begun[next] < anywhere[other])
      if let found = take(isBegun ? begun[next] : anywhere[other]) { return found }
      if isBegun { next += 1 } else { other += 1 }
    }
    return nil
  }
}
