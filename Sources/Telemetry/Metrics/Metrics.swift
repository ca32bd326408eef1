import Synchronization

/// All the metrics of the process: families are described, series made, shards handed out, and everything is added up
/// when somebody asks.
///
/// The number of series is bounded by the size of a shard; what does not fit counts for nothing but
/// `dragoman_series_refused_total`. Series are made under a lock, counted without one.
package final class Metrics: Sendable {
  struct Series {
    let cell: Int
    /// What stands before the value in each of its lines.
    let heads: [[UInt8]]
  }

  struct Entry {
    let family: Family
    var series: [Series] = []
    var cells: [[String]: Int] = [:]
    var read: (@Sendable () async -> [Reading])?
  }

  struct State {
    var entries: [Entry] = []
    var places: [String: Int] = [:]
    /// The first cells are the bin of series that did not fit.
    var used = Buckets.cells
    var refused = 0
    var shards: [Shard] = []
  }

  private let state = Mutex(State())
  /// What is counted outside the event loops, where several threads write.
  private let common = Shard()

  /// No metrics yet.
  package init() {}

  // MARK: Series

  /// The counter with these values for the family's labels, in their order; the same one whenever it is asked for.
  package func counter(_ family: Family, _ labels: [String] = []) -> Counter {
    Counter(cell: Int32(cell(family, .counter, labels, count: 1)))
  }

  /// The histogram with these labels.
  package func histogram(_ family: Family, _ labels: [String] = []) -> Histogram {
    Histogram(cell: Int32(cell(family, .histogram, labels, count: Buckets.cells)))
  }

  /// The gauge with these labels, to be `set`.
  package func gauge(_ family: Family, _ labels: [String] = []) -> Gauge {
    Gauge(cell: Int32(cell(family, .gauge, labels, count: 1)))
  }

  /// A family, a counter or a gauge, whose values are asked for at each scrape; the last one to say so is asked. It has
  /// to answer soon and must not wait for what may be stuck: metrics are read when things are.
  package func read(_ family: Family, _ body: @escaping @Sendable () async -> [Reading]) {
    state.withLock { state in
      let place = state.place(of: family)
      state.entries[place].read = body
    }
  }

  private func cell(_ family: Family, _ kind: Family.Kind, _ labels: [String], count: Int) -> Int {
    precondition(family.kind == kind && family.labels.count == labels.count, "\(family.name) is described otherwise")
    return state.withLock { $0.cell(family, labels, count: count) }
  }

  // MARK: Counting

  /// Adds to a counter from wherever there is no shard.
  package func add(_ counter: Counter, _ amount: Int = 1) { common.addShared(Int(counter.cell), Int64(amount)) }

  /// Counts a duration, in nanoseconds, from wherever there is no shard.
  package func observe(_ histogram: Histogram, nanoseconds: Int64) {
    let spent = max(nanoseconds, 0)
    common.addShared(Int(histogram.cell) + Buckets.index(of: spent), 1)
    common.addShared(Int(histogram.cell) + Buckets.sum, spent)
  }

  /// Sets a gauge, in the family's unit: seconds are seconds here.
  package func set(_ gauge: Gauge, _ value: Double) {
    common.set(Int(gauge.cell), Int64(bitPattern: value.bitPattern))
  }

  /// A share for one thread.
  package func makeShard() -> Shard {
    let shard = Shard()
    state.withLock { $0.shards.append(shard) }
    return shard
  }

  /// Takes over what a thread has counted that counts no more.
  package func retire(_ shard: Shard) {
    state.withLock { state in
      guard let place = state.shards.firstIndex(where: { $0 === shard }) else { return }
      state.shards.remove(at: place)
      for cell in 0..<state.used { common.addShared(cell, shard.value(cell)) }
    }
  }

  /// Everything there is, added up at one moment.
  func sums() -> (entries: [Entry], cells: [Int64], refused: Int) {
    state.withLock { state in
      let cells = (0..<state.used).map { cell in
        state.shards.reduce(common.value(cell)) { $0 &+ $1.value(cell) }
      }
      return (state.entries, cells, state.refused)
    }
  }
}

extension Metrics.State {
  mutating func place(of family: Family) -> Int {
    if let place = places[family.name] {
      precondition(entries[place].family == family, "\(family.name) is described twice")
      return place
    }
    places[family.name] = entries.count
    entries.append(Metrics.Entry(family: family))
    return entries.count - 1
  }

  mutating func cell(_ family: Family, _ labels: [String], count: Int) -> Int {
    let place = place(of: family)
    if let known = entries[place].cells[labels] { return known }
    guard used + count <= Shard.size else {
      refused += 1
      return 0
    }
    let cell = used
    used += count
    entries[place].cells[labels] = cell
    entries[place].series.append(Metrics.Series(cell: cell, heads: ExpositionText.heads(family, labels)))
    return cell
  }
}
