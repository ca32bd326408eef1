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

  /// Where a file is mapped that this process does not write to and does not share, as in `7f00a0-7f00b0 r-xp 0 08:01 5 /a`;
  /// nil if the line speaks of something else.
  private static func file(_ line: ArraySlice<UInt8>) -> (start: UInt, end: UInt)? {
    var rest = line
    guard let start = address(&rest, before: "-"), let end = address(&rest, before: " "), end > start else {
      return nil
    }
    let isUnchanged = rest.starts(with: "r-xp ".utf8) || rest.starts(with: "r--p ".utf8)
    return isUnchanged && rest.contains(UInt8(ascii: "/")) ? (start, end) : nil
  }

  private static func address(_ rest: inout ArraySlice<UInt8>, before end: Unicode.Scalar) -> UInt? {
    var address: UInt = 0
    while let byte = rest.popFirst() {
      switch byte {
      case 0x30...0x39: address = address << 4 | UInt(byte - 0x30)
      case 0x61...0x66: address = address << 4 | UInt(byte - 0x57)
      default: return byte == UInt8(ascii: end) ? address : nil
      }
    }
    return nil
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
