/// The rows of a job: node runs, history, outputs. A row is a cell that says which columns are filled (low half) and
/// null (high half), then one cell a column. The rows of one table lie side by side.
extension Job {
  /// The rows of a table; empty when there are none.
  @inlinable @inline(__always)
  package func rows(_ table: Table) -> Span32 {
    has(table.field) ? Span32(cell: slots[Int(table.field.rawValue)]) : Span32(start: 0, count: 0)
  }

  /// Opens a table for rows that are about to be added. Rows it had are forgotten.
  package func beginRows(_ table: Table) {
    fill(Int(table.field.rawValue), Span32(start: cells.count, count: 0).cell)
  }

  /// Adds an empty row to the table opened last; returns the index of its first cell.
  @inlinable
  package func addRow(_ table: Table, width: Int) -> Int {
    var span = Span32(cell: slots[Int(table.field.rawValue)])
    let base = cells.count
    cells.append(zeros: width)
    span.count += 1
    slots[Int(table.field.rawValue)] = span.cell
    return base
  }

  /// Fills a column of the row at `base`.
  @inlinable @inline(__always)
  package func fill(row base: Int, _ column: Int, _ value: UInt64) {
    cells[base + 1 + column] = value
    cells[base] |= 1 &<< UInt64(truncatingIfNeeded: column)
    cells[base] &= ~(1 &<< UInt64(truncatingIfNeeded: column + 32))
  }

  /// Notes a null in the row at `base`.
  @inlinable @inline(__always)
  package func fillNull(row base: Int, _ column: Int) { cells[base] |= 1 &<< UInt64(truncatingIfNeeded: column + 32) }

  /// Whether a column of the row at `base` has a value.
  @inlinable @inline(__always)
  package func has(row base: Int, _ column: Int) -> Bool {
    cells[base] & (1 &<< UInt64(truncatingIfNeeded: column)) != 0
  }

  /// The mask of filled columns of the row at `base`.
  @inlinable @inline(__always)
  package func filled(row base: Int) -> UInt64 { cells[base] & 0xFFFF_FFFF }

  /// A cell of the row at `base`; only meaningful where `has`.
  @inlinable @inline(__always)
  package func cell(row base: Int, _ column: Int) -> UInt64 { cells[base + 1 + column] }

  /// A cell by its index: one text of a list.
  @inlinable @inline(__always)
  package func cell(_ index: Int) -> UInt64 { cells[index] }

  /// Adds a cell at the end: one text of the list being read.
  @inlinable @inline(__always)
  package func addCell(_ value: UInt64) { cells.append(value) }

  /// Drops the cells from `mark` on.
  package func truncateCells(to mark: Int) { cells.truncate(to: mark) }

  /// Cells in use.
  @inlinable @inline(__always)
  package var cellCount: Int { cells.count }

  /// Calls `body` with the first cell of each row.
  @inlinable @inline(__always)
  package func forEachRow(_ table: Table, width: Int, _ body: (Int) -> Void) {
    let span = rows(table)
    var base = span.start
    for _ in 0..<span.count {
      body(base)
      base += width
    }
  }

  /// Makes room for one more row behind rows that may no longer lie at the end; returns its first cell.
  func appendRow(_ table: Table) -> Int {
    let width = table.width
    var span = rows(table)
    if span.start + span.count * width != cells.count {
      let start = cells.count
      for index in span.start..<span.start + span.count * width { cells.append(cells[index]) }
      span.start = start
    }
    fill(Int(table.field.rawValue), span.cell)
    return addRow(table, width: width)
  }
}

extension Job {
  /// Whether a column of the row at `base` was read as null.
  @inlinable @inline(__always)
  package func isNull(row base: Int, _ column: Int) -> Bool {
    cells[base] & (1 &<< UInt64(truncatingIfNeeded: column + 32)) != 0
  }

  /// Whether the field of a slot was read as null.
  @inlinable @inline(__always)
  package func isNull(at index: Int) -> Bool { nulls & (1 &<< UInt64(truncatingIfNeeded: index)) != 0 }
}
