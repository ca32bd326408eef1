/// The rows a job carries, and what stands in their columns.
package enum Table: UInt8, CaseIterable, Sendable {
  /// One row a node that was asked to run the job.
  case nodes
  /// One row a phase the job entered.
  case history
  /// One row a named result.
  case outputs

  /// The slot that counts the rows.
  package var field: Field {
    switch self {
    case .nodes: .nodes
    case .history: .history
    case .outputs: .outputs
    }
  }

  /// The table a field holds.
  package init?(_ field: Field) {
    switch field {
    case .nodes: self = .nodes
    case .history: self = .history
    case .outputs: self = .outputs
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
    }
  }

  /// Cells a row takes: its columns, behind one that says which of them are filled.
  package var width: Int { columns.count + 1 }

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
package enum NodeColumn {
  package static let name = 0
  package static let phase = 1
  package static let word = 2
  package static let exit = 3
  package static let started = 4
  package static let finished = 5
  package static let changed = 6
  package static let elapsed = 7
  package static let result = 8
  package static let output = 9
  package static let error = 10
}

/// Columns of `Table.history`, by position.
package enum HistoryColumn {
  package static let phase = 0
  package static let word = 1
  package static let entered = 2
  package static let left = 3
}
