import Synchronization

/// One line of JSON for each submit and stop, in a file that is only added to.
///
/// What is certain: a line for which `write` answered true is on the disk. Its writer shares one sync with all that wait at
/// that moment, as the ledger's commits do; asked at the same time as the ledger, it costs the caller nothing more. A line
/// that was merely `note`d is synced within 200 ms; what was noted in that time is lost when the machine dies, but not
/// when the log is closed. When the disk is full lines wait in memory, up to the room there is; what does not fit is
/// dropped and counted, and the next line says how many there were.
package final class AuditLog: Sendable {
  /// For `reopen` and the counts. Closed by `AuditLog.close`.
  package let file: LogFile
  private let desk: Mutex<Desk>
  private let waiters: Waiters

  private struct Desk {
    let line = Line()
    let ring: Ring
    var dropped = 0

    mutating func put(_ record: borrowing AuditRecord) -> Ring.Fate {
      line.write(record, dropped: dropped)
      let fate = ring.put(line.bytes)
      dropped = fate == .dropped ? dropped + 1 : 0
      return fate
    }
  }

  /// Opens the log; a file that is made has the mode 0600. `tell` hears, from another thread, what an operator should.
  package init(
    _ target: LogTarget, ringBytes: Int = 1 << 20, tell: @escaping @Sendable (LogNews) -> Void
  ) throws(LogFault) {
    let waiters = Waiters()
    self.waiters = waiters
    file = try LogFile(target, mode: 0o600, isDurable: true, settled: { waiters.settle($0) }, tell: tell)
    let ring = file.makeRing(bytes: ringBytes)
    waiters.watch(ring)
    desk = Mutex(Desk(ring: ring))
  }

  /// Puts a line and waits for nothing.
  package func note(_ record: AuditRecord) {
    if desk.withLock({ $0.put(record) }) == .keptAndHalfFull { file.wake() }
  }

  /// Puts a line and answers whether it is on the disk. When it is not, it may still get there: it was dropped only if it
  /// is counted as such.
  package func write(_ record: AuditRecord) async -> Bool {
    await withCheckedContinuation { continuation in
      let waits = desk.withLock { desk in
        desk.put(record) != .dropped && waiters.add(desk.ring.end, continuation)
      }
      if waits { file.wake() } else { continuation.resume(returning: false) }
    }
  }

  /// Writes what there is, and ends.
  package func close() async {
    await file.close()
    waiters.end()
  }
}

/// Who waits for how much of a ring to be on the disk.
private final class Waiters: Sendable {
  private struct State {
    var ring: Ring?
    var waiting: [(end: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    var hasEnded = false
  }

  private let state = Mutex(State())

  func watch(_ ring: Ring) { state.withLock { $0.ring = ring } }

  /// False when nobody is going to write any more.
  func add(_ end: Int, _ continuation: CheckedContinuation<Bool, Never>) -> Bool {
    state.withLock { state in
      if !state.hasEnded { state.waiting.append((end, continuation)) }
      return !state.hasEnded
    }
  }

  /// A batch is done: what has been taken from the ring is on the disk, or something failed.
  func settle(_ isSettled: Bool) {
    let told = state.withLock { state in
      let start = state.ring?.start ?? 0
      let told = state.waiting.filter { !isSettled || $0.end <= start }
      if !told.isEmpty { state.waiting.removeAll { !isSettled || $0.end <= start } }
      return told
    }
    for waiter in told { waiter.continuation.resume(returning: isSettled) }
  }

  func end() {
    state.withLock { $0.hasEnded = true }
    settle(false)
  }
}
