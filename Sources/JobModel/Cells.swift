/// The words in which a job keeps its slots, lists and rows: memory that stays from job to job, without the checks that a
/// shared array makes at each step.
@usableFromInline
package final class Cells {
  @usableFromInline var base: UnsafeMutablePointer<UInt64>
  @usableFromInline var capacity: Int
  /// Words in use.
  @usableFromInline package internal(set) var count: Int

  /// So many zeros, with room for more.
  package init(zeros: Int = 0, capacity: Int = 256) {
    self.capacity = max(zeros, capacity)
    base = .allocate(capacity: self.capacity)
    base.initialize(repeating: 0, count: self.capacity)
    count = zeros
  }

  deinit { base.deallocate() }

  /// One word. The index is one that this job has handed out.
  @inlinable @inline(__always)
  package subscript(index: Int) -> UInt64 {
    get {
      assert(index >= 0 && index < count)
      return base[index]
    }
    set {
      assert(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  /// Adds a word.
  @inlinable @inline(__always)
  package func append(_ word: UInt64) {
    if count == capacity { grow(by: 1) }
    base[count] = word
    count &+= 1
  }

  /// Adds words that hold anything.
  @inlinable @inline(__always)
  package func append(any amount: Int) {
    if capacity &- count < amount { grow(by: amount) }
    count &+= amount
  }

  /// Adds zeros.
  @inlinable @inline(__always)
  package func append(zeros: Int) {
    if capacity &- count < zeros { grow(by: zeros) }
    for index in count..<count &+ zeros { base[index] = 0 }
    count &+= zeros
  }

  /// Drops everything from `mark` on.
  package func truncate(to mark: Int) { count = min(count, mark) }

  /// Forgets everything; what one huge document has blown up is given back.
  package func removeAll(keeping most: Int = 1 << 16) {
    count = 0
    if capacity > most { move(to: 256) }
  }

  @inline(never) @usableFromInline
  func grow(by more: Int) { move(to: max(capacity * 2, count + more)) }

  private func move(to size: Int) {
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: size)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = size
  }
}
