import Glibc

/// The process's memory.
enum Memory {
  /// Hands freed memory back to the system, which the allocator by itself keeps for the next rush.
  static func giveBack() {
    typealias Trim = @convention(c) (Int) -> CInt
    // `malloc_trim` is glibc's own and missing from Swift's module map.
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: Trim.self)(0)
  }
}
