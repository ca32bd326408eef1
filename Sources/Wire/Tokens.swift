/// A strict cursor over one JSON text (RFC 8259): it validates what it passes, copies nothing and allocates nothing.
///
/// Nothing throws. The first fault is kept, and the cursor then stands at the end, where `peek` gives 0 and `take`
/// gives false, so that every loop of a reader ends by itself; a reader asks for `fault` once, when it is done. What
/// was read before a fault means nothing.
///
/// The memory belongs to the caller and has to stay where it is as long as the cursor is used.
@usableFromInline
package struct Tokens {
  @usableFromInline let bytes: UnsafeRawBufferPointer

  /// One past the last byte.
  @usableFromInline let limit: Int

  /// How many brackets may be open inside each other, at most 64: `skip` keeps one bit for each in a word.
  @usableFromInline let depth: Int

  /// How many brackets are open by `enter`.
  @usableFromInline var level = 0

  /// The cursor: the offset of the next byte.
  @usableFromInline package var at: Int

  /// The first thing that was wrong, if anything was.
  @usableFromInline package internal(set) var fault: JSONFault?

  /// A cursor over `bytes` at the offset `from`; a `depth` above 64 counts as 64.
  @inlinable @inline(__always)
  package init(_ bytes: UnsafeRawBufferPointer, from: Int = 0, depth: Int = 64) {
    self.bytes = bytes
    limit = bytes.count
    self.depth = min(depth, 64)
    at = min(max(from, 0), bytes.count)
    fault = nil
  }

  /// Passes white space (RFC 8259 §2) and gives the next byte without taking it; 0 at the end.
  @inlinable @inline(__always)
  package mutating func peek() -> UInt8 { peek(&at) }

  /// The same for any cursor: one that a loop keeps in a register is stored only once.
  @inlinable @inline(__always)
  func peek(_ here: inout Int) -> UInt8 {
    while here < limit {
      let byte = bytes[here]
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      here &+= 1
    }
    return 0
  }

  /// Passes white space, and takes `byte` if it is next.
  @inlinable @inline(__always)
  package mutating func take(_ byte: UInt8) -> Bool {
    guard byte != 0, peek() == byte else { return false }
    at &+= 1
    return true
  }

  /// Passes white space, and takes `byte`; fails if something else is next.
  @inlinable @inline(__always)
  package mutating func expect(_ byte: UInt8) {
    if !take(byte) { unexpected() }
  }

  /// Counts a bracket that the caller has just taken; false, and `tooDeep`, if that is one too many.
  @inlinable @inline(__always)
  package mutating func enter() -> Bool {
    guard level < depth else {
      fail(.tooDeep, at: at &- 1)
      return false
    }
    level &+= 1
    return true
  }

  /// One more bracket may be open.
  @inlinable @inline(__always)
  package var canEnter: Bool { level < depth }

  /// The bracket of the last `enter` is closed.
  @inlinable @inline(__always)
  package mutating func leave() {
    level &-= 1
  }

  /// Fails unless only white space is left.
  @inlinable @inline(__always)
  package mutating func end() {
    _ = peek()
    if at < limit { fail(.trailingContent) }
  }

  /// Records a fault, here or at the given offset, if it is the first, and moves to the end.
  @inline(never) @usableFromInline
  package mutating func fail(_ kind: JSONFault.Kind, at offset: Int? = nil) {
    if fault == nil { fault = JSONFault(kind, offset: max(offset ?? at, 0)) }
    at = limit
  }

  /// The next byte, or the end, is not what the grammar asks for.
  @inline(never) @usableFromInline
  mutating func unexpected() {
    guard at < limit else { return fail(.unexpectedEnd) }
    let mark = at == 0 && limit >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    fail(mark ? .byteOrderMark : .unexpectedByte)
  }
}
