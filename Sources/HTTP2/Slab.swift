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

  /// Most bytes of one class that rest.
  fileprivate static let restLimit = 256 * 1024

  private let lists = UnsafeMutablePointer<FreeList>.allocate(capacity: Slab.classes)

  init() { lists.initialize(repeating: FreeList(), count: Slab.classes) }

  deinit {
    for index in 0..<Slab.classes { while let block = lists[index].pop() { Glibc.free(block) } }
    lists.deallocate()
  }

  /// The table of functions to hand to a session; the slab has to outlive the session.
  func table() -> nghttp2_mem {
    nghttp2_mem(
      mem_user_data: UnsafeMutableRawPointer(lists),
      malloc: { size, user in FreeList.at(user).flatMap { $0.take(size) } },
      free: { block, user in if let block { FreeList.at(user)?.release(block) } },
      calloc: { count, size, user in
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, let block = FreeList.at(user).flatMap({ $0.take(total) }) else { return nil }
        return memset(block, 0, total)
      },
      realloc: { block, size, user in FreeList.at(user).flatMap { $0.resize(block, to: size) } })
  }
}

/// Blocks of one size that nobody uses; each holds the address of the next.
private struct FreeList {
  var head: UnsafeMutableRawPointer?
  var resting = 0

  static func at(_ user: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<FreeList>? {
    user?.assumingMemoryBound(to: FreeList.self)
  }

  mutating func pop() -> UnsafeMutableRawPointer? {
    guard let block = head else { return nil }
    head = block.load(as: UnsafeMutableRawPointer?.self)
    resting -= 1
    return block
  }

  mutating func push(_ block: UnsafeMutableRawPointer) {
    block.storeBytes(of: head, as: UnsafeMutableRawPointer?.self)
    head = block
    resting += 1
  }
}

/// All the lists of a slab, by the first of them.
extension UnsafeMutablePointer<FreeList> {
  /// A block of at least `size` bytes: of 64, 128 … 4,096 from a list, bigger ones from the system.
  fileprivate func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let index = size <= Slab.smallest ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount - 6
    let isSmall = index < Slab.classes
    let room = isSmall ? Slab.smallest << index : size
    guard let block = (isSmall ? self[index].pop() : nil) ?? Glibc.malloc(room + Slab.header) else { return nil }
    block.storeBytes(of: isSmall ? index : -1, as: Int.self)
    block.storeBytes(of: room, toByteOffset: 8, as: Int.self)
    return block + Slab.header
  }

  fileprivate func release(_ pointer: UnsafeMutableRawPointer) {
    let block = pointer - Slab.header
    let index = block.load(as: Int.self)
    guard index >= 0, self[index].resting * (Slab.smallest << index) < Slab.restLimit else { return Glibc.free(block) }
    self[index].push(block)
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
