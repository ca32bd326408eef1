extension LineText {
  /// Writes text so that it can stand between the quotes of a JSON string (RFC 8259 §7), whatever bytes it is.
  ///
  /// Malformed UTF-8 becomes U+FFFD. Beside what has to be escaped, DEL and the control characters U+0080…U+009F are: a log
  /// is read in terminals, and those obey them. Cut behind `most` bytes, on the border of a character.
  mutating func escaped(_ text: UnsafeRawBufferPointer, most: Int) {
    if text.count <= most, LineText.isPlain(text) { return put(text) }
    let end = min(text.count, most)
    var from = 0
    var here = 0
    while here < end {
      let length = LineText.plainLength(text, at: here)
      if length > 0 {
        if here + length > end { break }
        here += length
        continue
      }
      put(UnsafeRawBufferPointer(rebasing: text[from..<here]))
      here += escape(text, at: here)
      from = here
    }
    put(UnsafeRawBufferPointer(rebasing: text[from..<here]))
    if text.count > most { put("…") }
  }

  /// Writes what stands for the bytes at `here`, and tells how many they are.
  private mutating func escape(_ text: UnsafeRawBufferPointer, at here: Int) -> Int {
    let byte = text[here]
    switch byte {
    case 0x22: put("\\\"")
    case 0x5C: put("\\\\")
    case 0x08: put("\\b")
    case 0x09: put("\\t")
    case 0x0A: put("\\n")
    case 0x0C: put("\\f")
    case 0x0D: put("\\r")
    case 0..<0x20, 0x7F: escape(unit: byte)
    case 0xC2 where here + 1 < text.count && (0x80...0x9F).contains(text[here + 1]):
      escape(unit: text[here + 1])
      return 2
    default:
      put("\u{FFFD}")
    }
    return 1
  }

  private mutating func escape(unit: UInt8) {
    put("\\u00")
    put(Hex.digit(unit >> 4))
    put(Hex.digit(unit & 15))
  }

  /// Whether all of it may stand as it is, as far as one sees at a glance: ASCII that needs no escaping.
  private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let start = text.baseAddress else { return true }
    var here = 0
    while here &+ 8 <= text.count {
      if stops((start + here).loadUnaligned(as: UInt64.self)) { return false }
      here &+= 8
    }
    if here > 0, here < text.count { return !stops((start + (text.count &- 8)).loadUnaligned(as: UInt64.self)) }
    while here < text.count {
      let byte = (start + here).load(as: UInt8.self)
      if byte &- 0x20 >= 0x5F || byte == 0x22 || byte == 0x5C { return false }
      here &+= 1
    }
    return true
  }

  /// Whether one of eight bytes is not plain: quote, backslash, below 0x20, above 0x7E.
  @inline(__always)
  private static func stops(_ bytes: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = bytes ^ (ones &* 0x22)
    let backslash = bytes ^ (ones &* 0x5C)
    let low = (bytes &- ones &* 0x20) & ~bytes
    let found = low | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | bytes | (bytes &+ ones)
    return found & (ones << 7) != 0
  }

  /// The length of the character at `here` when it may stand as it is; 0 when it is to be escaped or is none (RFC 3629 §4).
  private static func plainLength(_ text: UnsafeRawBufferPointer, at here: Int) -> Int {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      here + offset < text.count && range.contains(text[here + offset])
    }
    switch text[here] {
    case 0x22, 0x5C, 0..<0x20, 0x7F: return 0
    case 0x20..<0x7F: return 1
    case 0xC2: return follows(1, 0xA0...0xBF) ? 2 : 0
    case 0xC3...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }
}
