import JobModel
import Wire

/// Members that are put together from rows, and templates.
extension Writing {
  /// `{"running": ["a", "b"], …}`, groups in the order of the phases.
  mutating func group() {
    let table = nodeTable
    output.byte(0x7B)
    var left = phasesOfNodes()
    while left != 0 {
      let index = left.trailingZeroBitCount
      let word = word(index, of: table)
      let sharers = word.sharers
      left &= ~sharers & ~(1 << UInt32(index))
      guard word.length > 0 else { continue }
      key(word)
      output.byte(0x5B)
      let span = job.rows(.nodes)
      for row in 0..<span.count {
        let base = span.start &+ row &* Table.nodes.width
        guard sharers & (1 &<< UInt32(job.nodePhase(at: base).rawValue)) != 0 else { continue }
        if output.last != 0x5B { output.byte(0x2C) }
        quoted(job.has(row: base, NodeColumn.name) ? job.cell(row: base, NodeColumn.name) : 0)
      }
      output.byte(0x5D)
    }
    output.byte(0x7D)
  }

  /// `{"running": 2, …}`, without zeros.
  mutating func counts() {
    let table = nodeTable
    output.byte(0x7B)
    var left = phasesOfNodes()
    while left != 0 {
      let index = left.trailingZeroBitCount
      let word = word(index, of: table)
      let sharers = word.sharers
      left &= ~sharers & ~(1 << UInt32(index))
      guard word.length > 0 else { continue }
      key(word)
      let span = job.rows(.nodes)
      var count: Int64 = 0
      for row in 0..<span.count {
        let base = span.start &+ row &* Table.nodes.width
        if sharers & (1 &<< UInt32(job.nodePhase(at: base).rawValue)) != 0 { count += 1 }
      }
      output.integer(count)
    }
    output.byte(0x7D)
  }

  /// Bit n: some node is in phase n.
  private mutating func phasesOfNodes() -> UInt32 {
    var found: UInt32 = 0
    let span = job.rows(.nodes)
    for row in 0..<span.count {
      found |= 1 &<< UInt32(job.nodePhase(at: span.start &+ row &* Table.nodes.width).rawValue)
    }
    return found
  }

  /// The word of a phase as a key.
  private mutating func key(_ word: Place<WritePlan.Word>) {
    if output.last != 0x7B { output.byte(0x2C) }
    output.piece(pool + word.start, word.length)
    output.byte(0x3A)
  }

  /// A key and a text put together from others; false when one of them is missing.
  mutating func template(_ op: Place<WritePlan.Op>) -> Bool {
    lead(op)
    output.byte(0x22)
    let written = fill(op.firstPiece, op.pieces)
    output.byte(0x22)
    return written
  }

  /// Writes the pieces of a template, escaped for JSON.
  mutating func fill(_ first: Int, _ count: Int) -> Bool {
    for index in first..<first + count {
      let piece = tables.pieces + index
      guard piece.index >= 0 else {
        output.piece(pool + piece.start, piece.length)
        continue
      }
      let filled = piece.isColumn ? job.has(row: row, piece.index) : job.filled & (1 << UInt64(piece.index)) != 0
      guard filled else { return false }
      let value = piece.isColumn ? job.cell(row: row, piece.index) : job[slot: piece.index]
      if !piece.isColumn, piece.index == Int(Field.id.rawValue) {
        guard writeID(value) else { return false }
      } else {
        raw(value)
      }
    }
    return true
  }

  /// The job's id inside a text, in the dialect's form.
  private mutating func writeID(_ value: UInt64) -> Bool {
    switch writer.plan.idForm {
    case .hex: return hex(job.arena.bytes(Text(cell: value)))
    case .number, .digits: if !isNumber(value) { return false }
    case .text: break
    }
    raw(value)
    return true
  }
}
