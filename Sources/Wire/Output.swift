/// A growing buffer for one answer after another: owned by one event loop, emptied by `clear`, its memory kept.
///
/// Bytes handed in must not lie in the buffer itself: it may move while it grows.
@usableFromInline
package final class Output {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var size: Int
  @usableFromInline var used = 0

  /// An empty buffer with room for `capacity` bytes.
  package init(capacity: Int = 16384) {
    size = max(capacity, 64)
    base = .allocate(capacity: size)
  }

  deinit { base.deallocate() }

  /// How many bytes are written.
  @inlinable @inline(__always)
  package var count: Int { used }

  /// What is written so far; valid until the next change.
  @inlinable @inline(__always)
  package var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: used) }

  /// The byte written last; 0 if there is none.
  @inlinable @inline(__always)
  package var last: UInt8 { used > 0 ? base[used &- 1] : 0 }

  /// Forgets what is written and keeps the memory.
  @inlinable @inline(__always)
  package func clear() { used = 0 }

  /// Forgets the last bytes, by default one: for a comma that turned out to have no successor.
  @inlinable @inline(__always)
  package func dropLast(_ n: Int = 1) { used = max(used &- max(n, 0), 0) }

  /// Forgets everything behind the first `count` bytes.
  @inlinable @inline(__always)
  package func truncate(to count: Int) { used = min(used, max(count, 0)) }

  /// Gives memory back after an unusually long answer, down to `capacity` bytes or what is written.
  package func trim(to capacity: Int) {
    let wanted = max(capacity, used, 64)
    if wanted < size { move(to: wanted) }
  }

  /// Makes room for `n` more bytes and gives the place where they go; `advance` then counts them.
  @inlinable @inline(__always)
  func room(_ n: Int) -> UnsafeMutablePointer<UInt8> {
    if n > size &- used { grow(by: n) }
    return base + used
  }

  @inlinable @inline(__always)
  func advance(_ n: Int) { used &+= n }

  @inline(never) @usableFromInline
  func grow(by n: Int) { move(to: max(size * 2, used + n)) }

  private func move(to capacity: Int) {
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    moved.update(from: base, count: used)
    base.deallocate()
    base = moved
    size = capacity
  }
}
