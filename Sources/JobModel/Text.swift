/// A piece of a job's text arena: the content of a JSON string without its quotes, a number, or any JSON value.
@frozen @usableFromInline
package struct Text: Equatable, Sendable {
  /// First byte, counted from the start of the arena.
  @usableFromInline package var start: Int
  /// Bytes.
  @usableFromInline package var length: Int
  /// Whether the bytes hold JSON escapes.
  @usableFromInline package var escaped: Bool

  /// A piece of the arena.
  @inlinable @inline(__always)
  package init(start: Int, length: Int, escaped: Bool = false) {
    self.start = start
    self.length = length
    self.escaped = escaped
  }

  /// As one cell: start 32 bits, length 31, escaped 1.
  @inlinable @inline(__always)
  package var cell: UInt64 {
    UInt64(truncatingIfNeeded: start) &<< 32 | UInt64(truncatingIfNeeded: length) &<< 1 | (escaped ? 1 : 0)
  }

  /// From one cell.
  @inlinable @inline(__always)
  package init(cell: UInt64) {
    start = Int(truncatingIfNeeded: cell &>> 32)
    length = Int(truncatingIfNeeded: (cell & 0xFFFF_FFFF) &>> 1)
    escaped = cell & 1 == 1
  }
}

/// A run of cells: the texts of a list, or the rows of a table.
@frozen @usableFromInline
package struct Span32: Equatable, Sendable {
  @usableFromInline package var start: Int
  @usableFromInline package var count: Int

  @inlinable @inline(__always)
  package init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  /// As one cell: start and count, 32 bits each.
  @inlinable @inline(__always)
  package var cell: UInt64 {
    UInt64(truncatingIfNeeded: start) &<< 32 | UInt64(truncatingIfNeeded: count) & 0xFFFF_FFFF
  }

  /// From one cell.
  @inlinable @inline(__always)
  package init(cell: UInt64) {
    start = Int(truncatingIfNeeded: cell &>> 32)
    count = Int(truncatingIfNeeded: cell & 0xFFFF_FFFF)
  }
}
