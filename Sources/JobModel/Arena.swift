/// Bytes that a job's texts point into: the bodies it was read from and what was added since. Kept from job to job.
@usableFromInline
package final class Arena {
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  /// Bytes in use.
  @usableFromInline package private(set) var count = 0

  /// So many bytes behind those in use may be read, whatever they are: short pieces are copied as whole blocks.
  package static let slack = 32

  /// An arena with room for so many bytes before it has to grow.
  package init(capacity: Int = 4096) {
    let capacity = capacity + Arena.slack
    base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Forgets everything; an arena that one huge document has blown up is given back.
  package func reset(keeping most: Int = 1 << 18) {
    count = 0
    if capacity > most {
      base.deallocate()
      base = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
      capacity = 4096
    }
  }

  /// Adds bytes and says where they begin. Moves the arena when it has to grow: hold no pointer into it meanwhile.
  package func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    reserve(bytes.count)
    let start = count
    if let source = bytes.baseAddress { (base + start).copyMemory(from: source, byteCount: bytes.count) }
    count += bytes.count
    return start
  }

  /// Adds the bytes of a text that lies in the arena already.
  package func append(copyOf text: Text) {
    reserve(text.length)
    (base + count).copyMemory(from: base + text.start, byteCount: text.length)
    count += text.length
  }

  /// Adds one byte.
  package func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// Adds a literal of the program.
  package func append(_ literal: StaticString) { literal.withUTF8Buffer { _ = append(UnsafeRawBufferPointer($0)) } }

  /// Adds a number that is not negative, in decimal digits, at least so many.
  package func append(digits value: Int64, atLeast width: Int = 1) {
    var length = 1
    var rest = value / 10
    while rest > 0 {
      length += 1
      rest /= 10
    }
    length = max(length, width)
    reserve(length)
    rest = value
    for place in stride(from: count + length - 1, through: count, by: -1) {
      let (next, digit) = rest.quotientAndRemainder(dividingBy: 10)
      base.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: digit), toByteOffset: place, as: UInt8.self)
      rest = next
    }
    count += length
  }

  /// Drops everything from `mark` on.
  package func truncate(to mark: Int) { if mark < count { count = mark } }

  /// All bytes in use. Valid until the next `append` or `reset`.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The bytes of one text. A text that does not lie in the arena is empty.
  @inlinable @inline(__always)
  package func bytes(_ text: Text) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + text.start, count: text.length)
  }

  /// Where a text begins; `slack` bytes behind it may be read, too.
  @inlinable @inline(__always)
  package func place(_ text: Text) -> UnsafeRawPointer { UnsafeRawPointer(base + text.start) }

  private func reserve(_ more: Int) {
    guard count + more + Arena.slack > capacity else { return }
    let size = max(capacity * 2, count + more + Arena.slack)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = size
  }
}
