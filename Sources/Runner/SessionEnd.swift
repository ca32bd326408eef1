import Glibc

/// Waits for a command's first process, and then for the end of everything that it has left behind.
struct SessionEnd: Sendable {
  let leader: pid_t
  let mark: String
  let census: Census
  let leash: Leash
  /// From asking what was left behind to go, to making it.
  let grace: Duration
  let clock: RunnerClock

  /// What was left when the first process had ended by itself.
  enum Rest: Equatable { case none, ended, living }

  /// Returns when nothing of the command runs any more, or will not go, and no signal can go astray.
  func wait() async -> Rest {
    let members = SessionMembers(leader: leader, mark: mark, census: census)
    var told: Int32?
    var passed = Duration.zero
    while !Self.hasExited(leader) {
      // Its group has heard the signal already; who has left the group or the session has not.
      if let signal = leash.signal, signal != told {
        told = signal
        await members.tell(signal, butGroup: leader)
      }
      // Seldom for long: with captured output the end of the pipes has told already. A twentieth of the time gone is
      // soon enough.
      let pause = min(max(passed / 20, .milliseconds(1)), .milliseconds(50))
      await rest(pause)
      passed += pause
    }
    let rest = await endRest(members, told: told)
    leash.release()
    return rest
  }

  /// Asks who is left to go, and makes them: when the stop has come to that, or after a grace of their own.
  private func endRest(_ members: SessionMembers, told: Int32?) async -> Rest {
    guard await members.areLiving(clock) else { return .none }
    let byItself = !leash.isEnding
    var told = told
    var passed = Duration.zero
    var killings = 0
    while killings < 200 {
      let signal = byItself && passed >= grace ? SIGKILL : leash.signal ?? SIGTERM
      if signal != told || signal == SIGKILL {
        told = signal
        if signal == SIGKILL { killings += 1 }
        await members.tell(signal, butGroup: nil)
      }
      await rest(.milliseconds(20))
      passed += .milliseconds(20)
      guard await members.areLiving(clock) else { return byItself ? .ended : .none }
    }
    return .living
  }

  /// Whether the process has ended; looks without taking, so that the number stays its own.
  static func hasExited(_ pid: pid_t) -> Bool {
    var found = siginfo_t()
    guard waitid(P_PID, id_t(pid), &found, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
    return found.si_signo == SIGCHLD
  }

  private func rest(_ pause: Duration) async { try? await clock.sleep(pause) }
}
