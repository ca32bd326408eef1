import Glibc

/// Waits for a command's first process, and for the rest of its session when that is being ended.
struct SessionEnd: Sendable {
  let leader: pid_t
  let leash: Leash
  let clock: RunnerClock

  /// Returns when the first process has ended and no signal can go astray any more. A command that ends by itself may
  /// leave children behind, which live on: daemons are started so. One that is being ended may not.
  func wait() async {
    var passed = Duration.zero
    while !Self.hasExited(leader) {
      // Seldom for long: with captured output the end of the pipes has told already. A twentieth of the time gone is
      // soon enough.
      let pause = min(max(passed / 20, .milliseconds(1)), .milliseconds(50))
      await rest(pause)
      passed += pause
    }
    var killings = 0
    while leash.isEnding, killings < 100, !SessionMembers.living(in: leader).isEmpty {
      if leash.isKilled {
        leash.kill()
        killings += 1
      }
      await rest(.milliseconds(20))
    }
    leash.release()
  }

  /// Whether the process has ended; looks without taking, so that the number stays its own.
  static func hasExited(_ pid: pid_t) -> Bool {
    var found = siginfo_t()
    guard waitid(P_PID, id_t(pid), &found, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
    return found.si_signo == SIGCHLD
  }

  private func rest(_ pause: Duration) async { try? await clock.sleep(pause) }
}
