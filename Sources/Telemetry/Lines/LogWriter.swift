import Glibc

/// What a log's thread does: round after round it takes the rings' lines to the file.
///
/// A ring's room is freed by whole lines. What was written of a line that did not go out whole is remembered (`half`): it
/// is gone on with where it was left, or begun anew in another file.
final class LogWriter {
  private let log: LogFile
  private let file: LineFile
  private let isDurable: Bool
  private let settled: (@Sendable (Bool) -> Void)?
  private let tell: @Sendable (LogNews) -> Void
  private var current: Ring?
  private var half = 0
  private var isFailing = false
  /// Something was written since the last sync.
  private var isUnsynced = false

  private enum Round { case done, partly, stuck }

  /// How many rounds in vain a close waits for.
  private static let lastRounds = 10

  init(
    _ log: LogFile, _ file: LineFile, isDurable: Bool, settled: (@Sendable (Bool) -> Void)?,
    tell: @escaping @Sendable (LogNews) -> Void
  ) {
    self.log = log
    self.file = file
    self.isDurable = isDurable
    self.settled = settled
    self.tell = tell
  }

  func run() {
    var rounds = 0
    while true {
      let isClosing = log.isClosing
      let result = round()
      if isClosing {
        rounds = result == .stuck ? rounds + 1 : 0
        if result == .done || rounds >= LogWriter.lastRounds { break }
      }
      if result != .partly { log.wait() }
    }
    log.end(lost: log.rings().reduce(0) { $0 + LogWriter.lines($1) })
  }

  private func round() -> Round {
    if log.takeReopening() { reopen() }
    var rings = log.rings()
    // A line that was begun is finished before another ring has its turn.
    if let current { rings.insert(current, at: 0) }
    var result = Round.done
    for ring in rings {
      let before = ring.start + half
      guard !drain(ring) else { continue }
      result = ring.start + half > before ? .partly : .stuck
      break
    }
    if isDurable, isUnsynced {
      let code = file.sync()
      if code == 0 { isUnsynced = false } else { fail(code) }
    }
    let isSettled = result == .done && !isUnsynced
    if isSettled, isFailing { recover() }
    settled?(isSettled)
    // While this batch was written, the next one may have grown past the mark at which a ring wakes the writer.
    return result == .done && rings.contains(where: \.isHalfFull) ? .partly : result
  }

  /// Writes what a ring holds now. False when not all of it could be written.
  private func drain(_ ring: Ring) -> Bool {
    let end = ring.end
    while ring.start + half < end {
      let bytes = ring.pending(skipping: half)
      switch file.write(bytes) {
      case .some(let count):
        isUnsynced = isDurable
        advance(ring, bytes[..<count])
        if count == 0 { return false }
      case .notNow: return false
      case .failed(let code):
        fail(code)
        return false
      }
    }
    return true
  }

  private func advance(_ ring: Ring, _ written: Slice<UnsafeRawBufferPointer>) {
    if let last = written.lastIndex(of: UInt8(ascii: "\n")) {
      ring.take(half + last + 1)
      half = written.count - last - 1
    } else {
      half += written.count
    }
    current = half > 0 ? ring : nil
  }

  private func reopen() {
    do throws(LogFault) {
      guard try file.reopen() else { return }
      half = 0
      current = nil
      tell(.reopened(log.target))
    } catch {
      tell(.notReopened(log.target, reason: error.description))
    }
  }

  private func fail(_ code: Int32) {
    guard !isFailing else { return }
    isFailing = true
    log.note(failing: true)
    tell(.failing(log.target, reason: LogFault.text(code)))
  }

  private func recover() {
    isFailing = false
    log.note(failing: false)
    tell(.recovered(log.target))
  }

  private static func lines(_ ring: Ring) -> Int {
    var lines = 0
    var skipped = 0
    while ring.waiting > skipped {
      let bytes = ring.pending(skipping: skipped)
      lines += bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
      skipped += bytes.count
    }
    return lines
  }
}
