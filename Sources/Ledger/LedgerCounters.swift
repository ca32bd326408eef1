import Synchronization

/// What a ledger has done since it was opened: for metrics. A value, read at one moment.
package struct LedgerCounters: Sendable, Equatable {
  /// Numbers sorted into buckets, as metrics want them.
  package struct Distribution: Sendable, Equatable {
    /// The upper end of each bucket, included; what is larger falls into one more.
    package let bounds: [Int64]
    /// How many fell into each bucket: one more than there are bounds, not added up.
    package private(set) var counts: [Int64]
    /// The sum of all numbers.
    package private(set) var sum: Int64 = 0

    init(_ bounds: [Int64]) {
      self.bounds = bounds
      counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many numbers there were.
    package var count: Int64 { counts.reduce(0, +) }

    mutating func add(_ number: Int64) {
      counts[bounds.firstIndex { number <= $0 } ?? bounds.count] += 1
      sum += number
    }
  }

  /// Transactions that are on disk.
  package internal(set) var commits: Int64 = 0
  /// Transactions that failed as a whole: nothing of them is kept.
  package internal(set) var failedCommits: Int64 = 0
  /// Writes whose callers were told that they are on disk.
  package internal(set) var writes: Int64 = 0
  /// Writes whose callers were told why not.
  package internal(set) var failedWrites: Int64 = 0
  /// Writes of each transaction that is on disk.
  package internal(set) var sizes = Distribution([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  /// Microseconds from the last write's work until its transaction was on disk: mostly the sync. All 0 without a clock.
  package internal(set) var syncs = Distribution([
    100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
  ])
  /// Writes and reads that failed, by `LedgerFault.kind`.
  package internal(set) var faults: [String: Int64] = [:]
  /// Why the latest transaction failed; nil when it is on disk. While this is set, nothing new should be accepted.
  package internal(set) var failing: LedgerFault?
}

/// The counters as they are being counted.
final class Tally: Sendable {
  private let counters = Mutex(LedgerCounters())

  var value: LedgerCounters { counters.withLock { $0 } }

  func committed(writes: Int, faults: [LedgerFault], sync: Int64) {
    counters.withLock {
      $0.commits += 1
      $0.writes += Int64(writes - faults.count)
      $0.failedWrites += Int64(faults.count)
      $0.sizes.add(Int64(writes))
      $0.syncs.add(max(0, sync))
      for fault in faults { $0.faults[fault.kind, default: 0] += 1 }
      $0.failing = nil
    }
  }

  func failed(_ fault: LedgerFault, writes: Int) {
    counters.withLock {
      $0.failedCommits += 1
      $0.failedWrites += Int64(writes)
      $0.faults[fault.kind, default: 0] += Int64(writes)
      $0.failing = fault
    }
  }

  func failedRead(_ fault: LedgerFault) { counters.withLock { $0.faults[fault.kind, default: 0] += 1 } }
}
