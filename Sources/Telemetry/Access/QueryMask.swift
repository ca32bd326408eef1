/// Which parts of a query may stand in a log.
///
/// A member is secret when its name — decoded, in lower case, `-` as `_` — has one of the words in it; its value is
/// written `***`. So is a member without `=`, which may be anything.
package struct QueryMask: Sendable {
  private let words: [[UInt8]]
  /// Which bytes a word begins with.
  private let first: [Bool]
  private let omits: Bool

  /// Words that names of secrets have in them.
  package static let usual = [
    "token", "secret", "passw", "apikey", "api_key", "access_key", "private_key", "credential", "signature", "auth",
    "session", "jwt",
  ]

  /// No query is logged at all.
  package static let omit = QueryMask([], omits: true)

  /// Queries are logged but for members with one of these words in their names.
  package static func hiding(_ words: [String]) -> QueryMask {
    QueryMask(words.map { $0.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 } }, omits: false)
  }

  private init(_ words: [[UInt8]], omits: Bool) {
    self.words = words.filter { !$0.isEmpty }
    self.omits = omits
    var first = [Bool](repeating: false, count: 256)
    for byte in self.words.compactMap(\.first) { first[Int(byte)] = true }
    self.first = first
  }

  /// Writes a question mark and what may be written of the query; nothing when there is none.
  func write(_ query: UnsafeRawBufferPointer, to line: inout LineText) {
    if omits || query.isEmpty { return }
    line.put("?")
    var from = 0
    while from <= query.count {
      if from > LineText.most { return line.put("…") }
      let rest = query[from...]
      // A semicolon divides for some; a value that holds one must not take a secret with it.
      let end = rest.firstIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") } ?? query.count
      if from > 0 { line.put(query[from - 1]) }
      member(UnsafeRawBufferPointer(rebasing: query[from..<end]), to: &line)
      from = end + 1
    }
  }

  private func member(_ member: UnsafeRawBufferPointer, to line: inout LineText) {
    if member.isEmpty { return }
    guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return line.put("***") }
    let name = UnsafeRawBufferPointer(rebasing: member[..<equals])
    line.escaped(name, most: LineText.most)
    if isSecret(name) {
      line.put("=***")
    } else {
      line.escaped(UnsafeRawBufferPointer(rebasing: member[equals...]), most: LineText.most)
    }
  }

  /// The most bytes of a name that is looked at; a longer one is secret.
  private static let longest = 256

  private func isSecret(_ name: UnsafeRawBufferPointer) -> Bool {
    if name.count > QueryMask.longest { return true }
    return withUnsafeTemporaryAllocation(byteCount: QueryMask.longest, alignment: 1) { place in
      let count = QueryMask.decode(name, to: place)
      for start in 0..<count where first[Int(place[start])] {
        let rest = UnsafeRawBufferPointer(rebasing: place[start..<count])
        if words.contains(where: { QueryMask.begins(rest, with: $0) }) { return true }
      }
      return false
    }
  }

  private static func begins(_ text: UnsafeRawBufferPointer, with word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    var index = 0
    while index < word.count, text[index] == word[index] { index += 1 }
    return index == word.count
  }

  private static func decode(_ name: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    var here = 0
    while here < name.count {
      var byte = name[here]
      if byte == UInt8(ascii: "%"), here + 2 < name.count, let high = digit(name[here + 1]),
        let low = digit(name[here + 2])
      {
        byte = high << 4 | low
        here += 2
      }
      if (0x41...0x5A).contains(byte) { byte |= 0x20 }
      place[count] = byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte
      count += 1
      here += 1
    }
    return count
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
