import Glibc

/// The process's memory.
package enum Memory {
  /// Hands freed memory back to the system, which the allocator by itself keeps for the next rush.
  static func giveBackFreed() {
    typealias Trim = @convention(c) (Int) -> CInt
    // `malloc_trim` is glibc's own and missing from Swift's module map.
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: Trim.self)(0)
  }

  /// The same, and lets go of code, most of which runs once, at the start. What runs again is mapped again, from the system's
  /// cache of the file. For when nothing goes on.
  package static func giveBack() {
    giveBackFreed()
    giveBackCode()
  }

  /// Lets go of the pages of executables and libraries that are mapped for running only: nobody has written to them, so that
  /// nothing is lost.
  private static func giveBackCode() {
    for line in maps().split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 5)
      guard fields.count == 6, fields[1] == "r-xp", fields[5].utf8.contains(0x2F) else { continue }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard ends.count == 2, ends[0] < ends[1], let start = UnsafeMutableRawPointer(bitPattern: ends[0]) else {
        continue
      }
      _ = madvise(start, Int(ends[1] - ends[0]), MADV_DONTNEED)
    }
  }

  /// What is mapped where, as Linux tells it (proc_pid_maps(5)); empty if it does not.
  private static func maps() -> String {
    let file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var text: [UInt8] = []
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 1) { room in
        let count = read(file, room.baseAddress, room.count)
        if count > 0 { text += room[..<count] }
        return count
      }
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
    }
  }
}
