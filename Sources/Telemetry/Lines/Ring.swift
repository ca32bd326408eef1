import Glibc
import Synchronization

/// Lines on their way from one thread that makes them to one that writes them: bounded, without a lock, and without a copy
/// on the writer's side.
///
/// The maker owns `put` and moves `head`; the writer owns `pending` and `take` and moves `tail`. Both only grow; each says
/// with a release what the other hears with an acquire. `@unchecked`: by that protocol.
final class Ring: @unchecked Sendable {
  private let capacity: Int
  private let base: UnsafeMutableRawPointer
  private let head = Atomic<Int>(0)
  private let tail = Atomic<Int>(0)
  private let lost = Atomic<Int>(0)
  private let ended = Atomic<Bool>(false)

  /// What became of a line.
  enum Fate { case kept, keptAndHalfFull, dropped }

  /// Room for at least `bytes`.
  init(bytes: Int) {
    var capacity = 4096
    while capacity < bytes { capacity *= 2 }
    self.capacity = capacity
    // Whole pages, which can be handed back.
    base = .allocate(byteCount: capacity, alignment: 4096)
  }

  deinit { base.deallocate() }

  // MARK: The maker's side

  /// Adds a whole line, or nothing of it when there is no room.
  func put(_ line: UnsafeRawBufferPointer) -> Fate {
    let end = head.load(ordering: .relaxed)
    let used = end - tail.load(ordering: .acquiring)
    guard line.count <= capacity - used, let source = line.baseAddress else {
      lost.store(lost.load(ordering: .relaxed) + 1, ordering: .relaxed)
      return .dropped
    }
    let place = end & (capacity - 1)
    let first = min(line.count, capacity - place)
    (base + place).copyMemory(from: source, byteCount: first)
    base.copyMemory(from: source + first, byteCount: line.count - first)
    head.store(end + line.count, ordering: .releasing)
    return used < capacity / 2 && used + line.count >= capacity / 2 ? .keptAndHalfFull : .kept
  }

  /// Bytes put so far.
  var end: Int { head.load(ordering: .acquiring) }

  /// Hands the memory back to the system, unless something waits in it. It is there again, empty, when the next line comes.
  func letGo() { if waiting == 0 { madvise(base, capacity, MADV_DONTNEED) } }

  /// No more is coming.
  func finish() { ended.store(true, ordering: .releasing) }

  // MARK: The writer's side

  /// Bytes taken so far.
  var start: Int { tail.load(ordering: .acquiring) }

  /// Bytes that wait.
  var waiting: Int { end - start }

  /// The next bytes in one piece, without the first `skipped`; empty when there are none. What lies behind the end of the
  /// memory comes with the next call.
  func pending(skipping skipped: Int) -> UnsafeRawBufferPointer {
    let from = tail.load(ordering: .relaxed) + skipped
    let count = head.load(ordering: .acquiring) - from
    let place = from & (capacity - 1)
    return UnsafeRawBufferPointer(start: base + place, count: min(count, capacity - place))
  }

  /// Frees the room of the first `count` bytes.
  func take(_ count: Int) { tail.store(tail.load(ordering: .relaxed) + count, ordering: .releasing) }

  /// The maker does not wake the writer again while this is so.
  var isHalfFull: Bool { waiting >= capacity / 2 }

  /// Whether everything that will ever come has been taken.
  var isOver: Bool { ended.load(ordering: .acquiring) && waiting == 0 }

  // MARK: For anybody

  /// Lines dropped so far.
  var dropped: Int { lost.load(ordering: .relaxed) }
}
