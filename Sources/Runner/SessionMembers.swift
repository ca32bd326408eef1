import Glibc

/// The processes of one command: those of its session, and those that carry its mark wherever they are.
struct SessionMembers: Sendable {
  let leader: pid_t
  let mark: String
  let census: Census
  /// None of them is older.
  private let since: UInt64

  /// The leader must not have been waited for.
  init(leader: pid_t, mark: String, census: Census) {
    self.leader = leader
    self.mark = mark
    self.census = census
    var table = ProcessTable()
    since = table.entry(leader)?.started ?? 0
  }

  /// Whether any runs. One that is just taking on another program shows nothing, and is looked at again: for two seconds.
  func areLiving(_ clock: RunnerClock) async -> Bool {
    for _ in 0..<400 {
      let processes = await census.take()
      if processes.contains(where: isMember) { return true }
      guard processes.contains(where: { $0.isUnclear && $0.entry.started >= since }) else { return false }
      try? await clock.sleep(.milliseconds(5))
    }
    return false
  }

  /// Sends all of them a signal, but for those of a group that has had it.
  func tell(_ signal: Int32, butGroup group: pid_t?) async {
    for process in await census.take() where isMember(process) && process.entry.group != group {
      kill(process.entry.pid, signal)
      // A stopped process hears nothing else before it is woken.
      if signal != SIGKILL { kill(process.entry.pid, SIGCONT) }
    }
  }

  private func isMember(_ process: Census.Process) -> Bool {
    let entry = process.entry
    guard entry.started >= since, entry.pid != leader else { return false }
    return entry.session == leader || entry.group == leader || process.mark == mark
  }
}
