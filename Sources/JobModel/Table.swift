/// The rows a job carries, and what stands in their columns.
@frozen @usableFromInline
package enum Table: UInt8, CaseIterable, Sendable {
  /// One row a node that was asked to run the job.
  case nodes
  /// One row a phase the job entered.
  case history
  /// One row a named result.
  case outputs
  /// One row a thing that was seen to happen.
  case events

  /// The slot that counts the rows.
  @inlinable
  package var field: Field {
    switch self {
    case .nodes: .nodes
    case .history: .history
    case .outputs: .outputs
    case .events: .events
    }
  }

  /// The table a field holds.
  package init?(_ field: Field) {
    switch field {
    case .nodes: self = .nodes
    case .history: self = .history
    case .outputs: self = .outputs
    case .events: self = .events
    default: return nil
    }
  }

  /// Its columns, in the order of their cells.
  package var columns: [Column] {
    switch self {
    case .nodes:
      [
        Column("node.name", .text), Column("node.phase", .word), Column("node.word", .text),
        Column("node.exit", .number), Column("node.started", .time), Column("node.finished", .time),
        Column("node.changed", .time), Column("node.elapsed", .number), Column("node.result", .json),
        Column("node.output", .text), Column("node.error", .text),
      ]
    case .history:
      [
        Column("history.phase", .word), Column("history.word", .text), Column("history.entered", .time),
        Column("history.left", .time),
      ]
    case .outputs:
      [
        Column("output.id", .number), Column("output.name", .text), Column("output.component", .text),
        Column("output.records", .number), Column("output.created", .time), Column("output.changed", .time),
      ]
    case .events:
      [
        Column("event.sequence", .number), Column("event.kind", .word), Column("event.word", .text),
        Column("event.time", .time), Column("event.node", .text), Column("event.message", .text),
        Column("event.detail", .json),
      ]
    }
  }

  /// Cells a row takes: its columns, behind one that says which of them are filled.
  @inlinable
  package var width: Int {
    switch self {
    case .nodes: 12
    case .history: 5
    case .outputs: 7
    case .events: 8
    }
  }

  /// A column of a table.
  package struct Column: Sendable {
    /// The name in mapping files.
    package var name: String
    /// What its cells hold.
    package var form: Field.Form

    init(_ name: String, _ form: Field.Form) {
      self.name = name
      self.form = form
    }
  }
}

/// Columns of `Table.nodes`, by position.
@usableFromInline
package enum NodeColumn {
  @inlinable package static var name: Int { 0 }
  @inlinable package static var phase: Int { 1 }
  @inlinable package static var word: Int { 2 }
  @inlinable package static var exit: Int { 3 }
  @inlinable package static var started: Int { 4 }
  @inlinable package static var finished: Int { 5 }
  @inlinable package static var changed: Int { 6 }
  @inlinable package static var elapsed: Int { 7 }
  @inlinable package static var result: Int { 8 }
  @inlinable package static var output: Int { 9 }
  @inlinable package static var error: Int { 10 }
}

/// Columns of `Table.history`, by position.
@usableFromInline
package enum HistoryColumn {
  @inlinable package static var phase: Int { 0 }
  @inlinable package static var word: Int { 1 }
  @inlinable package static var entered: Int { 2 }
  @inlinable package static var left: Int { 3 }
}

/// Columns of `Table.events`, by position.
package enum EventColumn {
  package static var word: Int { 2 }
}
