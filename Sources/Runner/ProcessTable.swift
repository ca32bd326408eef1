import Glibc

/// The processes of this machine, from /proc: nobody else knows a command's grandchildren once their parent is gone.
struct ProcessTable: ~Copyable {
  struct Entry: Equatable {
    let pid: pid_t
    /// One of the kernel's own, which nobody starts or ends.
    let isKernel: Bool
    /// It has ended, and nobody has waited for it yet.
    let isOver: Bool
    let group: pid_t
    let session: pid_t
    /// Clock ticks since the machine started. A descendant is never older than its ancestors.
    let started: UInt64
  }

  private var buffer = [UInt8](repeating: 0, count: 16_384)

  /// Visits all that run.
  ///
  /// Meanwhile processes end, and may leave behind children that were not listed yet. So it lists again, and visits who is
  /// new, until nobody is: then whoever has lived all along, itself or in its descendants, has been seen. What a visitor
  /// wants to know of a process, it must ask at once.
  mutating func visit(_ visitor: (inout ProcessTable, Entry) -> Void) {
    var known: Set<pid_t> = []
    // On a machine where processes come faster than they can be looked at, enough is enough.
    for _ in 0..<50 {
      let new = FileNames.inside("/proc").compactMap { pid_t($0) }.filter { !known.contains($0) }
      if new.isEmpty { break }
      known.formUnion(new)
      for pid in new {
        if let entry = entry(pid), !entry.isOver, !entry.isKernel { visitor(&self, entry) }
      }
    }
  }

  /// One of them; nil when there is none of that number.
  mutating func entry(_ pid: pid_t) -> Entry? {
    guard let count = fill("/proc/\(pid)/stat") else { return nil }
    buffer[count] = 0
    return buffer.withUnsafeBytes { Self.parse(UnsafeRawBufferPointer(rebasing: $0[..<count]), pid: pid) }
  }

  /// The value of a variable that a process was started with; nil when it has none, or may not be seen.
  mutating func value(of name: String, _ pid: pid_t) -> String? {
    guard let count = fill("/proc/\(pid)/environ") else { return nil }
    return buffer.withUnsafeBytes { all in
      let environment = UnsafeRawBufferPointer(rebasing: all[..<count])
      return Mark.Bytes("\(name)=", isPrefix: true).place(in: environment).map { place in
        String(decoding: environment[place...].dropFirst(name.utf8.count + 1).prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }

  /// Whether it is just taking on another program: then it shows neither an environment nor arguments.
  mutating func isChanging(_ pid: pid_t) -> Bool {
    fill("/proc/\(pid)/environ") == 0 && fill("/proc/\(pid)/cmdline") == 0
  }

  /// Whether a process was started with a mark.
  mutating func carries(_ mark: Mark.Bytes, _ pid: pid_t) -> Answer {
    guard let count = fill("/proc/\(pid)/environ") else { return .no }
    let found = buffer.withUnsafeBytes { mark.place(in: UnsafeRawBufferPointer(rebasing: $0[..<count])) != nil }
    if found { return .yes }
    return count == 0 && isChanging(pid) ? .unclear : .no
  }

  enum Answer { case yes, no, unclear }

  /// The fields after the name, which stands in parentheses and may hold any of them itself. A zero byte follows.
  private static func parse(_ line: UnsafeRawBufferPointer, pid: pid_t) -> Entry? {
    guard var end = line.indices.last, let start = line.baseAddress?.assumingMemoryBound(to: CChar.self) else {
      return nil
    }
    while end > 0, line[end] != UInt8(ascii: ")") { end -= 1 }
    guard end + 3 < line.count else { return nil }
    let state = line[end + 2]
    // parent, group, session, terminal, its group, flags, and twelve more until the start.
    var fields: [Int] = []
    var next: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: start + end + 3)
    while fields.count < 19, let field = next { fields.append(strtol(field, &next, 10)) }
    let kernel = 0x0020_0000
    guard fields.count == 19 else { return nil }
    return Entry(
      pid: pid, isKernel: fields[5] & kernel != 0, isOver: state == UInt8(ascii: "Z") || state == UInt8(ascii: "X"),
      group: pid_t(truncatingIfNeeded: fields[1]),
      session: pid_t(truncatingIfNeeded: fields[2]), started: UInt64(truncatingIfNeeded: fields[18]))
  }

  private mutating func fill(_ path: String) -> Int? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var filled = 0
    while true {
      if filled == buffer.count - 1 { buffer += [UInt8](repeating: 0, count: buffer.count) }
      let count = buffer.withUnsafeMutableBytes {
        read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled - 1)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return filled }
      filled += count
    }
  }
}
