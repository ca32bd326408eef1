/// Where a piece of a text lies: a string's content without its quotes, or the bytes of a number or of any value.
///
/// A range instead of a copy, because most of what a gateway reads it writes again as it was: the bytes of a valid JSON
/// string, still escaped, are already valid output.
@usableFromInline
package struct TextRange: Equatable, Sendable {
  /// Offset of the first byte in the text that was read, from 0.
  @usableFromInline package var start: Int

  /// How many bytes there are.
  @usableFromInline package var length: Int

  /// Whether a backslash occurs in them; without one the bytes of a string are its UTF-8 content.
  @usableFromInline package var escaped: Bool

  /// A range of `length` bytes from `start`.
  @inlinable @inline(__always)
  package init(start: Int, length: Int, escaped: Bool = false) {
    self.start = start
    self.length = length
    self.escaped = escaped
  }

  /// Offset of the first byte behind the range.
  @inlinable @inline(__always)
  package var end: Int { start &+ length }
}
