import Glibc
import Synchronization

/// What connects the runner to one node's processes: signals go through here, or nowhere.
///
/// The number of a command's first process stays taken until it is waited for. That happens only after `release`, so a
/// signal can never reach a stranger who was given the number next.
final class Leash: Sendable {
  private struct State {
    var deliver: (@Sendable (Int32) -> Void)?
    var signal: Int32?
    var released = false
  }

  private let state = Mutex(State())

  /// The strongest signal that has been sent: SIGTERM, SIGKILL, or none yet.
  var signal: Int32? { state.withLock { $0.signal } }
  /// Somebody has asked for the end.
  var isEnding: Bool { signal != nil }
  /// The signal that cannot be refused has been sent.
  var isKilled: Bool { signal == SIGKILL }
  /// The processes are gone, or no longer the runner's.
  var isReleased: Bool { state.withLock { $0.released } }

  /// The processes are there, and hear signals by `deliver`. When the end has been asked for meanwhile, they do so now.
  func attach(_ deliver: @escaping @Sendable (Int32) -> Void) {
    state.withLock { state in
      state.deliver = deliver
      if let signal = state.signal { deliver(signal) }
    }
  }

  /// Asks the processes to end.
  func terminate() {
    state.withLock { state in
      guard !state.released, state.signal == nil else { return }
      state.signal = SIGTERM
      state.deliver?(SIGTERM)
    }
  }

  /// Ends them; may be said again, for a process that was just being born.
  func kill() {
    state.withLock { state in
      guard !state.released else { return }
      state.signal = SIGKILL
      state.deliver?(SIGKILL)
    }
  }

  /// No more signals.
  func release() {
    state.withLock { state in
      state.released = true
      state.deliver = nil
    }
  }
}
