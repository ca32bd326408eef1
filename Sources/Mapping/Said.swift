import JobModel

/// What one writing has really said: a member may be carried by the mapping and yet be passed over for this job, because
/// of a condition, or because another variant came first.
struct Said: Sendable, Equatable {
  /// Bit n: slot n.
  var slots: UInt64 = 0
  /// Bit n by table: some row has a value in column n that was left out.
  private var left: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Columns of a table that were left out of some row.
  func left(_ table: Table) -> UInt64 {
    switch table {
    case .nodes: left.0
    case .history: left.1
    case .outputs: left.2
    case .events: left.3
    }
  }

  /// Notes columns of one row that were left out.
  @inline(__always)
  mutating func leave(_ table: Table, _ columns: UInt64) {
    switch table {
    case .nodes: left.0 |= columns
    case .history: left.1 |= columns
    case .outputs: left.2 |= columns
    case .events: left.3 |= columns
    }
  }

  static func == (one: Said, other: Said) -> Bool { one.slots == other.slots && one.left == other.left }
}
