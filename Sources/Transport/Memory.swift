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
    for line in mappings().split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: "Anonymous:".utf8) {
        guard let found = place, line.suffix(5).elementsEqual(" 0 kB".utf8),
          let start = UnsafeMutableRawPointer(bitPattern: found.start)
        else { continue }
        _ = madvise(start, Int(found.end - found.start), MADV_DONTNEED)
      } else if let first = line.first, first < UInt8(ascii: "A") || first >= UInt8(ascii: "a") {
        // What a mapping is begins with its address, in small letters; what is said of it, with a capital.
        place = file(line)
      }
    }
  }

  /// Where a file is mapped that this process does not write to and does not share; nil if the line speaks of something else.
  private static func file(_ line: ArraySlice<UInt8>) -> (start: UInt, end: UInt)? {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
    guard fields.count == 6, fields[5].contains(UInt8(ascii: "/")),
      fields[1].elementsEqual("r-xp".utf8) || fields[1].elementsEqual("r--p".utf8)
    else { return nil }
    let ends = fields[0].split(separator: UInt8(ascii: "-")).map {
      UInt(String(decoding: $0, as: UTF8.self), radix: 16)
    }
    guard ends.count == 2, let start = ends[0], let end = ends[1] else { return nil }
    return (start, end)
  }

  /// What is mapped where, and how much of it has been changed (proc_pid_smaps(5)); empty if Linux does not tell.
  private static func mappings() -> [UInt8] {
    let file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var text: [UInt8] = []
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 1) { room in
        let count = read(file, room.baseAddress, room.count)
        if count > 0 { text += room[..<count] }
        return count
      }
      guard count > 0 else { return text }
    }
  }
}
