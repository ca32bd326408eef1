import CNghttp2
import Glibc

/// The library's allocator for one event loop: small blocks come from free lists and are never shared with a thread.
///
/// Each request costs the library about ten allocations of a few recurring sizes. Each block carries its class in a
/// header of 16 bytes, which also keeps what follows aligned.
final class Slab {
  private static let header = 16
  private static let classes = 7
  private static let smallest = 64

  /// Most bytes of one class that rest.
  private static let restLimit = 256 * 1024

  private var heads: (Block?, Block?, Block?, Block?, Block?, Block?, Block?) = (nil, nil, nil, nil, nil, nil, nil)
  private var resting: [Int] = Array(repeating: 0, count: Slab.classes)

  private typealias Block = UnsafeMutableRawPointer

  deinit {
    for index in 0..<Slab.classes { while let block = pop(index) { Glibc.free(block) } }
  }

  /// The table of functions to hand to a session; the slab has to outlive the session.
  func table() -> nghttp2_mem {
    nghttp2_mem(
      mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
      malloc: { size, user in Slab.at(user)?.allocate(size) },
      free: { block, user in Slab.at(user)?.release(block) },
      calloc: { count, size, user in
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, let block = Slab.at(user)?.allocate(total) else { return nil }
        memset(block, 0, total)
        return block
      },
      realloc: { block, size, user in Slab.at(user)?.resize(block, to: size) })
  }

  private static func at(_ user: UnsafeMutableRawPointer?) -> Slab? {
    guard let user else { return nil }
    return Unmanaged<Slab>.fromOpaque(user).takeUnretainedValue()
  }

  /// Class whose blocks hold `size` bytes: 64, 128 … 4,096; nil for bigger ones, which go to the system.
  private static func classIndex(of size: Int) -> Int? {
    guard size > smallest else { return 0 }
    let index = (Int.bitWidth - (size - 1).leadingZeroBitCount) - 6
    return index < classes ? index : nil
  }

  private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    let index = Slab.classIndex(of: size)
    let room = index.map { Slab.smallest << $0 } ?? size
    guard let block = index.flatMap(pop) ?? Glibc.malloc(room + Slab.header) else { return nil }
    block.storeBytes(of: index ?? -1, as: Int.self)
    block.storeBytes(of: room, toByteOffset: 8, as: Int.self)
    return block + Slab.header
  }

  private func release(_ pointer: UnsafeMutableRawPointer?) {
    guard let pointer else { return }
    let block = pointer - Slab.header
    let index = block.load(as: Int.self)
    guard index >= 0, resting[index] * (Slab.smallest << index) < Slab.restLimit else { return Glibc.free(block) }
    push(block, index)
  }

  private func resize(_ pointer: UnsafeMutableRawPointer?, to size: Int) -> UnsafeMutableRawPointer? {
    guard let pointer else { return allocate(size) }
    let room = (pointer - Slab.header).load(fromByteOffset: 8, as: Int.self)
    if size <= room { return pointer }
    guard let grown = allocate(size) else { return nil }
    memcpy(grown, pointer, room)
    release(pointer)
    return grown
  }

  private func pop(_ index: Int) -> UnsafeMutableRawPointer? {
    withUnsafeMutableBytes(of: &heads) { raw in
      let heads = raw.assumingMemoryBound(to: Block?.self)
      guard let block = heads[index] else { return nil }
      heads[index] = block.load(as: Block?.self)
      resting[index] -= 1
      return block
    }
  }

  private func push(_ block: UnsafeMutableRawPointer, _ index: Int) {
    withUnsafeMutableBytes(of: &heads) { raw in
      let heads = raw.assumingMemoryBound(to: Block?.self)
      block.storeBytes(of: heads[index], as: Block?.self)
      heads[index] = block
      resting[index] += 1
    }
  }
}
