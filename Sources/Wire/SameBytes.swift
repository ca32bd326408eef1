import Glibc

extension UnsafeRawBufferPointer {
  /// Whether these are the same bytes.
  package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let start = baseAddress, let begin = other.baseAddress else { return true }
    return memcmp(start, begin, count) == 0
  }

  /// Whether other bytes stand somewhere in these.
  package func contains(_ other: [UInt8]) -> Bool {
    guard var start = baseAddress, let first = other.first else { return other.isEmpty }
    let end = start + count
    while end - start >= other.count, let found = memchr(start, CInt(first), end - start - other.count + 1) {
      if memcmp(found, other, other.count) == 0 { return true }
      start = UnsafeRawPointer(found) + 1
    }
    return false
  }

  /// Whether these are the bytes of an array; nil has none, not even no bytes.
  package func isSame(as other: [UInt8]?) -> Bool { other?.withUnsafeBytes { isSame(as: $0) } ?? false }
}
