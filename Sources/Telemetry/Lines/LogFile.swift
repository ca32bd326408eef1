import Glibc
import Synchronization

/// A log: lines come in through rings, one for each thread that makes them, and one thread of the log's own writes them.
///
/// What is put is written within 200 ms, sooner when a ring is half full. Nobody who puts ever waits: when the writer
/// cannot keep up or the disk is full, rings fill and lines are dropped and counted. `close` has to be called; nothing
/// that was put before it is lost, unless the file cannot be written for two seconds.
package final class LogFile: Sendable {
  struct Shared {
    var rings: [Ring] = []
    /// Lines dropped by rings that are no more, and at the end.
    var dropped = 0
    var hasEnded = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// Where the lines go.
  package let target: LogTarget
  private let shared = Mutex(Shared())
  private let bell: (hears: Int32, rings: Int32)
  private let reopening = Atomic<Bool>(false)
  private let closing = Atomic<Bool>(false)
  private let failing = Atomic<Bool>(false)

  /// Opens the file and starts the thread.
  ///
  /// - Parameters:
  ///   - mode: of a file that is made.
  ///   - isDurable: every batch is synced to the disk.
  ///   - settled: called by the thread behind each batch, with whether all of it is written (and synced).
  ///   - tell: called by the thread with what an operator should hear.
  init(
    _ target: LogTarget, mode: mode_t, isDurable: Bool, settled: (@Sendable (Bool) -> Void)? = nil,
    tell: @escaping @Sendable (LogNews) -> Void
  ) throws(LogFault) {
    let file = try LineFile(target, mode: mode, isDurable: isDurable)
    var ends: [Int32] = [-1, -1]
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else { throw LogFault(target, errno) }
    self.target = target
    bell = (ends[0], ends[1])
    let writer = LogWriter(self, file, isDurable: isDurable, settled: settled, tell: tell)
    let code = LogThread.start { writer.run() }
    guard code == 0 else { throw LogFault(target, code) }
  }

  deinit {
    Glibc.close(bell.hears)
    Glibc.close(bell.rings)
  }

  /// A way in for one more thread.
  func makeRing(bytes: Int) -> Ring {
    let ring = Ring(bytes: bytes)
    shared.withLock { $0.rings.append(ring) }
    return ring
  }

  /// Has the writer come at once.
  func wake() {
    var byte: UInt8 = 0
    _ = write(bell.rings, &byte, 1)
  }

  /// Opens the path anew, for somebody has moved the file; lines that were put before may be in either file. Whole lines,
  /// none lost.
  package func reopen() {
    reopening.store(true, ordering: .releasing)
    wake()
  }

  /// Writes what there is, and ends. Whoever puts afterwards puts in vain.
  package func close() async {
    closing.store(true, ordering: .releasing)
    await withCheckedContinuation { continuation in
      let hasEnded = shared.withLock { shared in
        if !shared.hasEnded { shared.closers.append(continuation) }
        return shared.hasEnded
      }
      if hasEnded { continuation.resume() } else { wake() }
    }
  }

  /// Lines dropped so far.
  package var dropped: Int { shared.withLock { $0.rings.reduce($0.dropped) { $0 + $1.dropped } } }

  /// Whether the last attempt to write failed.
  package var isFailing: Bool { failing.load(ordering: .relaxed) }

  // MARK: For the thread

  var isClosing: Bool { closing.load(ordering: .acquiring) }

  func takeReopening() -> Bool { reopening.exchange(false, ordering: .acquiringAndReleasing) }

  func note(failing now: Bool) { failing.store(now, ordering: .relaxed) }

  /// The rings that may hold something. Those that are over are let go.
  func rings() -> [Ring] {
    shared.withLock { shared in
      if shared.rings.contains(where: \.isOver) {
        for ring in shared.rings where ring.isOver { shared.dropped += ring.dropped }
        shared.rings.removeAll(where: \.isOver)
      }
      return shared.rings
    }
  }

  /// Waits until somebody wakes, or 200 ms.
  func wait() {
    var wanted = pollfd(fd: bell.hears, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, LineFile.patience) == 1 else { return }
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { _ = read(bell.hears, $0.baseAddress, $0.count) }
  }

  /// The thread has ended; `lost` lines were still there.
  func end(lost: Int) {
    let closers = shared.withLock { shared in
      shared.dropped += lost
      shared.hasEnded = true
      defer { shared.closers = [] }
      return shared.closers
    }
    for closer in closers { closer.resume() }
  }
}
