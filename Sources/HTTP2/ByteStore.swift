import Glibc

/// Bytes that grow at the end, in memory of their own.
///
/// Messages live in pooled objects and are filled from the same stores again and again: nothing is allocated once a
/// store has reached its working size, and nothing can be copied behind our back, as an array's buffer can.
package struct ByteStore: ~Copyable {
  private var base: UnsafeMutableRawPointer?

  /// Bytes held.
  package private(set) var count = 0

  /// Bytes that fit before the store has to grow.
  package private(set) var capacity = 0

  /// An empty store that owns no memory yet.
  package init() {}

  deinit { free(base) }

  /// Whether nothing is held.
  package var isEmpty: Bool { count == 0 }

  /// The bytes held; valid until the store is next changed.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The bytes from `offset` on, at most `length` of them; valid until the store is next changed.
  package func bytes(from offset: Int, count length: Int) -> UnsafeRawBufferPointer {
    guard let base, offset >= 0, length > 0, offset < count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: base + offset, count: min(length, count - offset))
  }

  /// Makes room for `extra` more bytes.
  package mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(to: count + extra) }
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
    var size = max(capacity, 256)
    while size < needed { size *= 2 }
    guard let grown = realloc(base, size) else { fatalError("out of memory") }
    base = grown
    capacity = size
  }

  /// Adds the bytes at the end.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    guard let base else { return }
    memcpy(base + count, source, bytes.count)
    count += bytes.count
  }

  /// Adds the bytes of both at the end.
  @inline(__always)
  package mutating func append(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) {
    reserve(one.count + other.count)
    guard let base else { return }
    if let source = one.baseAddress { memcpy(base + count, source, one.count) }
    if let source = other.baseAddress { memcpy(base + count + one.count, source, other.count) }
    count += one.count + other.count
  }

  /// Adds a literal's bytes at the end.
  package mutating func append(_ text: StaticString) { append(Status.immortal(text)) }

  /// Adds fields as lines of HTTP/1.1 (RFC 9112 §5), each behind the end of the line before it.
  package mutating func append(lines fields: borrowing FieldBlock) {
    fields.forEach { name, value, _ in
      append("\r\n")
      append(name, Status.immortal(": "))
      append(value)
    }
  }

  /// Adds one byte at the end.
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    base?.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// Adds up to `room` bytes that `write` puts in place; `write` answers how many it wrote.
  package mutating func append(room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
    reserve(room)
    guard let base else { return }
    let written = write(UnsafeMutableRawBufferPointer(start: base + count, count: room))
    count += min(max(written, 0), room)
  }

  /// Drops `length` bytes from the front and moves the rest up.
  package mutating func removeFirst(_ length: Int) {
    guard let base, length > 0 else { return }
    let left = max(count - length, 0)
    if left > 0 { memmove(base, base + length, left) }
    count = left
  }

  /// Empties the store. Memory is kept for the next use, unless there is more of it than `limit` bytes.
  package mutating func clear(keeping limit: Int = .max) {
    count = 0
    guard capacity > limit else { return }
    free(base)
    base = nil
    capacity = 0
  }
}
