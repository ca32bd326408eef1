import Glibc

/// The processes that carry a variable in their environment: how tests know theirs, whatever the runner believes.
struct Survivors {
  let entry: String

  /// A variable nobody else has.
  init() { entry = "TEST_TOKEN=\(getpid())-\(UInt64.random(in: 0 ... .max))" }
  init(entry: String) { self.entry = entry }

  var variable: (name: String, value: String) { ("TEST_TOKEN", String(entry.dropFirst("TEST_TOKEN=".count))) }

  /// Their numbers.
  var pids: [pid_t] {
    guard let stream = opendir("/proc") else { return [] }
    defer { closedir(stream) }
    var found: [pid_t] = []
    while let item = readdir(stream) {
      let pid = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { pid_t(atoi($0)) }
      }
      if pid > 0, carries(pid) { found.append(pid) }
    }
    return found.sorted()
  }

  private func carries(_ pid: pid_t) -> Bool {
    guard let file = fopen("/proc/\(pid)/environ", "r") else { return false }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(line) }
    while getdelim(&line, &room, 0, file) > 0 {
      if let line, strcmp(line, entry) == 0 { return true }
    }
    return false
  }

  /// Whether there are none, now and a while later: a process that is just taking on a program is not seen.
  func areNone() async -> Bool {
    for _ in 0..<10 {
      guard pids.isEmpty else { return false }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return true
  }

  /// Ends them; for tests that have failed, or that showed that they live.
  func end() { for pid in pids { kill(pid, SIGKILL) } }
}
