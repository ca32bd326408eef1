import CNghttp2
import Glibc

/// The library's allocator for one event loop: small blocks come from free lists and are never shared with a thread.
///
/// Each request costs the library about ten allocations of a few recurring sizes. Each block carries its class in a
/// header of 16 bytes, which also keeps what follows aligned. The lists lie in plain memory: the library calls in here
/// so often that counting references to an object would cost more than the allocation.
final class Slab {
  fileprivate static let header = 16
  fileprivate static let classes = 7
  fileprivate static let smallest = 64
  fileprivate static let largest = smallest << (classes - 1)

  /// Most bytes of one class that rest.
  fileprivate static let restLimit = 256 * 1024

  private let lists = UnsafeMutablePointer<FreeList>.allocate(capacity: Slab.classes)

  init() {
    for index in 0..<Slab.classes {
      (lists + index).initialize(to: FreeList(places: Slab.restLimit / (Slab.smallest << index)))
    }
  }

  deinit {
    letGo()
    lists.deallocate()
  }

  /// Frees the blocks that nobody uses.
  func letGo() { for index in 0..<Slab.classes { while let block = lists[index].pop() { Glibc.free(block) } } }

  /// The table of functions to hand to a session; the slab has to outlive the session.
  func table() -> nghttp2_mem {
    nghttp2_mem(
      mem_user_data: UnsafeMutableRawPointer(lists),
      malloc: { size, user in FreeList.at(user)?.take(size) },
      free: { block, user in if let block { FreeList.at(user)?.release(block) } },
      calloc: { count, size, user in
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, let block = FreeList.at(user)?.take(total) else { return nil }
        return memset(block, 0, total)
      },
      realloc: { block, size, user in FreeList.at(user)?.resize(block, to: size) })
  }
}

/// Blocks of one size that nobody uses; each holds the address of the next, where its user's bytes were.
private struct FreeList {
  var head: UnsafeMutableRawPointer?
  /// How many more may rest here.
  var places: Int

  static func at(_ user: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<FreeList>? {
    user?.assumingMemoryBound(to: FreeList.self)
  }

  @inline(__always)
  mutating func pop() -> UnsafeMutableRawPointer? {
    guard let block = head else { return nil }
    head = block.load(fromByteOffset: Slab.header, as: UnsafeMutableRawPointer?.self)
    places &+= 1
    return block
  }

  /// False when enough rest here.
  @inline(__always)
  mutating func push(_ block: UnsafeMutableRawPointer) -> Bool {
    guard places > 0 else { return false }
    block.storeBytes(of: head, toByteOffset: Slab.header, as: UnsafeMutableRawPointer?.self)
    head = block
    places &-= 1
    return true
  }
}

/// All the lists of a slab, by the first of them. What a block holds stands in front of it: its list's number, -1 where it has none,
/// and its size.
extension UnsafeMutablePointer<FreeList> {
  /// A block of at least `size` bytes: of 64, 128 … 4,096 from a list, bigger ones from the system.
  @inline(__always)
  fileprivate func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let index = size <= Slab.smallest ? 0 : Int.bitWidth &- 6 &- (size &- 1).leadingZeroBitCount
    if size <= Slab.largest, let block = self[index].pop() { return block + Slab.header }
    return make(size, index)
  }

  @inline(never)
  private func make(_ size: Int, _ index: Int) -> UnsafeMutableRawPointer? {
    let isSmall = size <= Slab.largest
    let room = isSmall ? Slab.smallest << index : size
    guard let block = Glibc.malloc(room + Slab.header) else { return nil }
    block.storeBytes(of: isSmall ? index : -1, as: Int.self)
    block.storeBytes(of: room, toByteOffset: 8, as: Int.self)
    return block + Slab.header
  }

  @inline(__always)
  fileprivate func release(_ pointer: UnsafeMutableRawPointer) {
    let block = pointer - Slab.header
    let index = block.load(as: Int.self)
    if index >= 0, self[index].push(block) { return }
    Glibc.free(block)
  }

  fileprivate func resize(_ pointer: UnsafeMutableRawPointer?, to size: Int) -> UnsafeMutableRawPointer? {
    guard let pointer else { return take(size) }
    let room = (pointer - Slab.header).load(fromByteOffset: 8, as: Int.self)
    if size <= room { return pointer }
    guard let grown = take(size) else { return nil }
    memcpy(grown, pointer, room)
    release(pointer)
    return grown
  }
}
