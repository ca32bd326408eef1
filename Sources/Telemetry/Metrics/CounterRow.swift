import Synchronization

/// The counters of a family whose first labels are fixed and whose last one comes from a closed list: an answer's status,
/// a fault's kind. A series appears when it first counts.
///
/// Made once for an operation and shared by all loops; which cell belongs to which value is looked up without a lock.
package final class CounterRow: Sendable {
  private let metrics: Metrics
  private let family: Family
  private let leading: [String]
  private let values: [String]
  /// By value, and one more for what the list does not have; 0 is not yet asked for.
  private let cells: Cells

  /// A row. Everything that `values` does not have counts as `other`.
  package init(_ metrics: Metrics, _ family: Family, leading: [String] = [], values: [String]) {
    self.metrics = metrics
    self.family = family
    self.leading = leading
    self.values = values
    cells = Cells(values.count + 1)
  }

  /// The counter of the value at `index` in the list; every other index is `other`.
  package subscript(index: Int) -> Counter {
    let place = values.indices.contains(index) ? index : values.count
    let known = cells[place]
    return known == 0 ? make(place) : Counter(cell: known)
  }

  /// Makes all series, so that each can be seen to be zero.
  package func show() { for index in values.indices { _ = self[index] } }

  private func make(_ place: Int) -> Counter {
    let value = place < values.count ? values[place] : "other"
    let counter = metrics.counter(family, leading + [value])
    cells[place] = counter.cell
    return counter
  }
}

/// Numbers of cells that any thread may read, and any thread may fill in: all of them would write the same. `@unchecked`:
/// atomics that live as long as the object.
private final class Cells: @unchecked Sendable {
  private let count: Int
  private let base: UnsafeMutablePointer<Atomic<Int32>>

  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: count)
    for index in 0..<count { (base + index).initialize(to: Atomic(0)) }
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  subscript(index: Int) -> Int32 {
    get { base[index].load(ordering: .relaxed) }
    set { base[index].store(newValue, ordering: .relaxed) }
  }
}
