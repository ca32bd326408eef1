import Glibc

/// Finds lines in bytes that are cut anywhere; a line ends with CR LF and nothing else (RFC 9112 §2.2).
struct LineReader {
  enum Line {
    case whole(UnsafeRawBufferPointer)
    case partial
    /// A line feed by itself.
    case broken
  }

  /// Where in the bytes that are shown the next line begins.
  var position = 0

  /// Octets of the lines so far; set back by the owner where something else begins.
  var taken = 0

  /// Octets of a line whose end has not come yet, which need not be looked at again.
  private(set) var scanned = 0

  /// The next line without its end.
  mutating func next(_ bytes: UnsafeRawBufferPointer) -> Line {
    guard let base = bytes.baseAddress, position + scanned < bytes.count else { return .partial }
    let from = base + position + scanned
    guard let end = memchr(from, 10, bytes.count - position - scanned) else {
      scanned = bytes.count - position
      return .partial
    }
    let length = UnsafeRawPointer(end) - (base + position)
    guard length > 0, bytes[position + length - 1] == 13 else { return .broken }
    let line = UnsafeRawBufferPointer(start: base + position, count: length - 1)
    position += length + 1
    taken += length + 1
    scanned = 0
    return .whole(line)
  }
}

/// Reads the lines before chunks (RFC 9112 §7.1).
struct ChunkSizes {
  /// Most octets of extensions in one body; nobody needs any.
  private static let extensionBytes = 4 * 1024

  private var extensions = 0

  /// The size of the chunk that follows; nil when the line says none, or too much beside it.
  mutating func size(_ line: UnsafeRawBufferPointer) -> Int? {
    var size = 0
    var digits = 0
    while digits < line.count, let digit = Grammar.hexadecimal(line[digits]) {
      guard digits < 8 else { return nil }
      size = size * 16 + digit
      digits += 1
    }
    guard digits > 0 else { return nil }
    guard digits < line.count else { return size }
    let rest = UnsafeRawBufferPointer(rebasing: line[digits...])
    extensions += rest.count
    guard rest.first == UInt8(ascii: ";"), Grammar.isValue(rest), extensions <= ChunkSizes.extensionBytes else {
      return nil
    }
    return size
  }
}
