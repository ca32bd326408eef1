import Glibc

/// Kills what carries a mark, again and again, until nothing does.
struct Sweep {
  let mark: Mark.Bytes
  /// How often in a row nothing must be found.
  var calm = 10

  private static let pause: useconds_t = 20_000
  /// How long it waits for processes that are just taking on another program to show what they are: five seconds.
  private static let patience = 250

  /// Blocks until nothing is left, or until `tries` looks have not been enough. Returns whether nothing is left.
  @discardableResult
  func run(tries: Int = .max) -> Bool {
    var quiet = 0
    var unclear = 0
    var looks = 0
    while quiet < calm {
      guard looks < tries else { return false }
      looks += 1
      switch kill() {
      case .no: quiet += 1
      case .yes: quiet = 0
      case .unclear:
        unclear += 1
        quiet = unclear < Self.patience ? 0 : quiet + 1
      }
      if quiet < calm { usleep(Self.pause) }
    }
    return true
  }

  /// Looks once, and kills what it finds. Whether there was anything.
  private func kill() -> ProcessTable.Answer {
    var table = ProcessTable()
    var found = ProcessTable.Answer.no
    table.visit { table, process in
      guard process.pid != getpid() else { return }
      switch table.carries(mark, process.pid) {
      case .yes:
        Glibc.kill(process.pid, SIGKILL)
        found = .yes
      case .unclear where found == .no: found = .unclear
      case .no, .unclear: break
      }
    }
    return found
  }
}
