import Glibc
import Synchronization

/// One process is started at a time, and only while there are plenty of descriptors.
///
/// The library that starts processes does not survive running out of descriptors half-way: it traps over pipes it could
/// not complete, or waits for ever for a process it could not watch. So the room is made sure of first.
actor SpawnGate {
  /// A start needs seven descriptors; the rest is for what other threads open meanwhile.
  static let headroom = 64

  private var busy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// The permission to start one process; given back as soon as it runs, or could not be started.
  final class Turn: Sendable {
    private let gate: SpawnGate
    private let over = Mutex(false)

    fileprivate init(gate: SpawnGate) { self.gate = gate }

    /// Lets the next one start. Saying it again does nothing.
    func end() async {
      let first = over.withLock { over in
        defer { over = true }
        return !over
      }
      if first { await gate.leave() }
    }
  }

  /// Waits for a turn.
  func enter() async throws(SystemFault) -> Turn {
    if busy { await withCheckedContinuation { waiting.append($0) } }
    busy = true
    do throws(SystemFault) { try Self.checkRoom() } catch {
      leave()
      throw error
    }
    return Turn(gate: self)
  }

  private func leave() {
    guard waiting.isEmpty else { return waiting.removeFirst().resume() }
    busy = false
  }

  private static func checkRoom() throws(SystemFault) {
    var opened: [Int32] = []
    defer { for file in opened { close(file) } }
    for _ in 0..<headroom {
      let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { throw SystemFault("cannot start a process") }
      opened.append(file)
    }
  }
}
