import Glibc

extension UnsafeRawBufferPointer {
  /// Whether these are the same bytes.
  package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let start = baseAddress, let begin = other.baseAddress else { return true }
    return memcmp(start, begin, count) == 0
  }

  /// Whether these are the bytes of an array; nil has none, not even no bytes.
  package func isSame(as other: [UInt8]?) -> Bool { other?.withUnsafeBytes { isSame(as: $0) } ?? false }
}
