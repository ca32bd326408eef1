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

  /// Lets go of the pages of files that are mapped for reading or running only, and of which none has been changed: nothing is
  /// lost, for they are the system's cache of the file.
  private static func giveBackCode() {
    var place: (start: UInt, end: UInt)?
    for line in mappings().split(separator: "\n") {
      if line.hasPrefix("Anonymous:") {
        guard let found = place, line.hasSuffix(" 0 kB"), let start = UnsafeMutableRawPointer(bitPattern: found.start)
        else { continue }
        _ = madvise(start, Int(found.end - found.start), MADV_DONTNEED)
      } else if let first = line.utf8.first, first < 0x41 || first >= 0x61 {
        // What a mapping is begins with its address, in small letters; what is said of it, with a capital.
        place = file(line)
      }
    }
  }

  /// Where a file is mapped that this process does not write to and does not share; nil if the line speaks of something else.
  private static func file(_ line: Substring) -> (start: UInt, end: UInt)? {
    let fields = line.split(separator: " ", maxSplits: 5)
    guard fields.count == 6, fields[5].utf8.contains(0x2F), ["r-xp", "r--p"].contains(fields[1]) else { return nil }
    let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
    return ends.count == 2 ? (ends[0], ends[1]) : nil
  }

  /// What is mapped where, and how much of it has been changed (proc_pid_smaps(5)); empty if Linux does not tell.
  private static func mappings() -> String {
    let file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC)
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
