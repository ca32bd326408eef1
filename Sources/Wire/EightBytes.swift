/// Tests on eight bytes of text at once, in one machine word, lowest address in the lowest byte.
///
/// For what has no sixteen bytes left, or is not looked at often; the plain strings of documents are passed sixteen at a time
/// (`Tokens.plainEnd`).
@usableFromInline
enum EightBytes {
  /// The top bit of every byte: set in a word exactly where a byte is not ASCII.
  @inlinable @inline(__always)
  static var highs: UInt64 { 0x8080_8080_8080_8080 }

  @inlinable @inline(__always)
  static func all(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

  /// Top bit set in the *first* byte that is a quote, a backslash or a control character; zero if there is none.
  ///
  /// Bits above the first may be wrong (the subtraction borrows), so only the lowest set bit says anything.
  @inlinable @inline(__always)
  static func stops(_ word: UInt64) -> UInt64 {
    let quotes = word ^ all(UInt8(ascii: "\""))
    let backslashes = word ^ all(UInt8(ascii: "\\"))
    let quote = (quotes &- all(1)) & ~quotes
    let backslash = (backslashes &- all(1)) & ~backslashes
    let control = (word &- all(0x20)) & ~word
    return (quote | backslash | control) & highs
  }

  /// Like `stops`, but every byte beyond ASCII stops as well, which takes fewer steps.
  @inlinable @inline(__always)
  static func specials(_ word: UInt64) -> UInt64 {
    let quote = (word ^ all(UInt8(ascii: "\""))) &- all(1)
    let backslash = (word ^ all(UInt8(ascii: "\\"))) &- all(1)
    let control = word &- all(0x20)
    return (quote | backslash | control | word) & highs
  }

  @inlinable @inline(__always)
  static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
