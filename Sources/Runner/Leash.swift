import Glibc
import Synchronization

/// What connects the runner to one node's processes: signals go through here, or nowhere.
///
/// The first process leads a session of its own, and its number stays taken until it is waited for. That happens only
/// after `release`, so a signal can never reach a stranger who was given the number next.
final class Leash: Sendable {
  private struct State {
    var session: pid_t?
    var ending = false
    var killed = false
    var released = false
  }

  private let state = Mutex(State())

  /// Somebody has asked for the end.
  var isEnding: Bool { state.withLock { $0.ending } }
  /// The signal that cannot be refused has been sent.
  var isKilled: Bool { state.withLock { $0.killed } }
  /// The processes are gone, or no longer the runner's.
  var isReleased: Bool { state.withLock { $0.released } }

  /// The first process is there. When the end has been asked for meanwhile, it hears of it now.
  func attach(_ leader: pid_t) {
    state.withLock { state in
      state.session = leader
      if state.killed {
        Self.send(SIGKILL, to: leader)
      } else if state.ending {
        Self.send(SIGTERM, to: leader)
      }
    }
  }

  /// Asks the processes to end.
  func terminate() {
    state.withLock { state in
      guard !state.released, !state.ending else { return }
      state.ending = true
      if let session = state.session { Self.send(SIGTERM, to: session) }
    }
  }

  /// Ends them; may be said again, for a process that was just being born.
  func kill() {
    state.withLock { state in
      guard !state.released else { return }
      state.ending = true
      state.killed = true
      if let session = state.session { Self.send(SIGKILL, to: session) }
    }
  }

  /// No more signals.
  func release() { state.withLock { $0.released = true } }

  private static func send(_ signal: Int32, to session: pid_t) {
    Glibc.kill(-session, signal)
    // A shell with job control puts its children in groups of their own; they are still in the session.
    for member in SessionMembers.living(in: session) where member.group != session { Glibc.kill(member.pid, signal) }
    // A stopped process hears nothing else before it is woken.
    if signal != SIGKILL { Glibc.kill(-session, SIGCONT) }
  }
}
