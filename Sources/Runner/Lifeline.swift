import Glibc
import Synchronization

/// The standard input of a remote run: what it needs to begin, then a line now and then. When it ends, the run ends.
final class Lifeline: Sendable {
  private struct State {
    var isOpen = true
    var isSent = false
  }

  /// For the process at the other end, which closes it.
  let far: Int32
  private let near: Int32
  private let state = Mutex(State())

  init() throws(SystemFault) {
    let pair = try SocketPair()
    (near, far) = (pair.near, pair.far)
  }

  deinit { Glibc.close(near) }

  /// Sends what the run needs to begin; blocks. A run that is gone does not need it any more.
  func begin(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { SocketPair.send($0, to: near) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      sent += count
    }
    state.withLock { $0.isSent = true }
  }

  /// No more is to come.
  func finish() { shutdown(near, Int32(SHUT_WR)) }

  /// A sign of life.
  func beat() { state.withLock { say("BEAT\n", $0) } }

  /// Asks the command to end, or ends it. One that has not begun will not.
  func signal(_ signal: Int32) {
    state.withLock { state in
      // In the midst of what it needs to begin, the end of the line is enough.
      guard state.isSent else { return _ = shutdown(near, Int32(SHUT_RDWR)) }
      say(signal == SIGTERM ? "TERM\n" : "KILL\n", state)
    }
  }

  /// Lets go of the run.
  func hangUp() {
    state.withLock { state in
      state.isOpen = false
      shutdown(near, Int32(SHUT_RDWR))
    }
  }

  private func say(_ line: String, _ state: State) {
    guard state.isSent, state.isOpen else { return }
    _ = Array(line.utf8).withUnsafeBytes { SocketPair.send($0, to: near, flags: Int(MSG_DONTWAIT)) }
  }
}
