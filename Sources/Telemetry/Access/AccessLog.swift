/// One line of JSON for each request, written off the event loops; see `LogFile` for what is promised.
package final class AccessLog: Sendable {
  /// For `reopen`, `close` and the counts.
  package let file: LogFile
  private let mask: QueryMask
  private let ringBytes: Int

  /// Opens the log; a file that is made has the mode 0640.
  ///
  /// - Parameters:
  ///   - ringBytes: how much of each event loop's lines may wait, at most half of it for longer than it takes to write.
  ///   - tell: hears, from another thread, what an operator should.
  package init(
    _ target: LogTarget, mask: QueryMask, ringBytes: Int = 1 << 20, tell: @escaping @Sendable (LogNews) -> Void
  ) throws(LogFault) {
    file = try LogFile(target, mode: 0o640, isDurable: false, tell: tell)
    self.mask = mask
    self.ringBytes = ringBytes
  }

  /// What one event loop writes with. What it has put is written, too, when it is let go.
  package func makePen() -> Pen { Pen(self) }

  /// One thread's pen. Not `Sendable`: it stays on its loop.
  package final class Pen {
    private let log: AccessLog
    private let ring: Ring
    private let line = Line()
    private var dropped = 0

    fileprivate init(_ log: AccessLog) {
      self.log = log
      ring = log.file.makeRing(bytes: log.ringBytes)
    }

    deinit { ring.finish() }

    /// Nothing is going to be put for a while: hands back the memory of lines that are written.
    package func letGo() { ring.letGo() }

    /// Puts a line. Never waits, and asks for no memory once the longest line has been seen; a line that finds no room is
    /// counted, and the next one that does says how many there were.
    ///
    /// - Parameters:
    ///   - route: where the request went, and who made it.
    ///   - losses: what the answer did not say, where the route does not tell.
    package func write(
      _ record: borrowing AccessRecord, _ route: AccessRoute? = nil, _ losses: AccessLosses? = nil
    ) {
      line.write(record, route, losses, record.query.isEmpty ? nil : log.mask, dropped: dropped)
      switch ring.put(line.bytes) {
      case .kept: dropped = 0
      case .keptAndHalfFull:
        dropped = 0
        log.file.wake()
      case .dropped: dropped += 1
      }
    }
  }
}
