import Synchronization

/// One thread's share of all counters and histograms: written by that thread alone, read by anybody.
///
/// A series is a number, the same in every shard. There is one writer, so that a load and a store do what would otherwise
/// take a locked instruction, and nothing is shared between event loops. `@unchecked`: the cells are atomic and live as
/// long as the object.
package final class Shard: @unchecked Sendable {
  /// How many cells there are: a counter takes one, a histogram one for each bucket and one for its sum.
  static let size = 8192

  private let cells: UnsafeMutablePointer<Atomic<Int64>>

  init() {
    cells = .allocate(capacity: Shard.size)
    for index in 0..<Shard.size { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: Shard.size)
    cells.deallocate()
  }

  /// Adds to a counter; one of seconds takes nanoseconds.
  package func add(_ counter: Counter, _ amount: Int = 1) { bump(Int(counter.cell), Int64(amount)) }

  /// Counts a duration, in nanoseconds; a negative one (a clock that was set) counts as none.
  package func observe(_ histogram: Histogram, nanoseconds: Int64) {
    let spent = max(nanoseconds, 0)
    bump(Int(histogram.cell) + Buckets.index(of: spent), 1)
    bump(Int(histogram.cell) + Buckets.sum, spent)
  }

  private func bump(_ cell: Int, _ amount: Int64) {
    cells[cell].store(cells[cell].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  // MARK: For the registry

  func value(_ cell: Int) -> Int64 { cells[cell].load(ordering: .relaxed) }

  /// Adds where several threads write.
  func addShared(_ cell: Int, _ amount: Int64) { cells[cell].wrappingAdd(amount, ordering: .relaxed) }

  func set(_ cell: Int, _ value: Int64) { cells[cell].store(value, ordering: .relaxed) }
}

/// One series that only grows.
package struct Counter: Sendable, Equatable {
  let cell: Int32
}

/// One series of durations.
package struct Histogram: Sendable, Equatable {
  let cell: Int32
}

/// One series that is set, from whichever thread.
package struct Gauge: Sendable, Equatable {
  let cell: Int32
}
