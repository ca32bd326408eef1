import Glibc
import Runner

/// Houses whose nodes are behind an ssh server.
enum Remote {
  static func house(
    _ sshd: Sshd, _ commands: [String: String], concurrency: Int = 20, grace: Duration = .milliseconds(300),
    entries: [Whitelist.Entry] = [], change: (inout SSHTarget) -> Void = { _ in },
    configure: (inout RunnerSettings) -> Void = { _ in }
  ) throws -> House {
    try House(
      nodes: [
        InventoryNode(name: "far", concurrency: concurrency, ssh: sshd.target(change)), InventoryNode(name: "a"),
      ],
      commands: commands, entries: entries, grace: grace, configure: configure)
  }

  /// The client's processes of one runner: those that carry its mark and not the test's.
  static func clients(_ house: House, but tokens: Survivors) -> [pid_t] {
    guard let all = opendir("/proc") else { return [] }
    defer { closedir(all) }
    let ours = Set(tokens.pids)
    var found: [pid_t] = []
    while let item = readdir(all) {
      let pid = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { pid_t(atoi($0)) }
      }
      guard pid > 0, !ours.contains(pid), let text = try? Sshd.read("/proc/\(pid)/cmdline") else { continue }
      var here = [CChar](repeating: 0, count: 4096)
      guard readlink("/proc/\(pid)/cwd", &here, 4095) > 0,
        text.contains("/usr/bin/ssh\0") || text.hasPrefix("/usr/bin/ssh")
      else { continue }
      let path = String(decoding: here.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if path == house.directory + "/home" { found.append(pid) }
    }
    return found
  }
}
