import Glibc

/// The processes of a session, from /proc: nobody else knows a command's grandchildren once their parent is gone.
enum SessionMembers {
  struct Member: Equatable {
    let pid: pid_t
    let group: pid_t
  }

  /// Those that still run; zombies are over.
  static func living(in session: pid_t) -> [Member] {
    FileNames.inside("/proc").compactMap { name in
      guard let pid = pid_t(name), let line = try? FileBytes.read("/proc/\(name)/stat") else { return nil }
      guard let process = parse(line), process.state != "Z", process.state != "X" else { return nil }
      guard process.session == session || process.group == session else { return nil }
      return Member(pid: pid, group: process.group)
    }
  }

  /// The fields after the name, which stands in parentheses and may hold any of them itself: `S ppid pgrp session …`.
  static func parse(_ line: [UInt8]) -> (state: String, group: pid_t, session: pid_t)? {
    guard let end = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = line[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 5)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 4, let group = pid_t(fields[2]), let session = pid_t(fields[3]) else { return nil }
    return (fields[0], group, session)
  }
}
