import JobModel
import Wire

/// Members that are put together from rows, and templates.
extension Writing {
  /// `{"running": ["a", "b"], …}`, groups in the order of the phases.
  func group() {
    let words = plan.words[nodeTable]
    output.byte(0x7B)
    var done: UInt32 = 0
    for phase in NodePhase.allCases {
      let index = Int(phase.rawValue)
      if done & (1 << UInt32(index)) != 0 || words.length[index] == 0 { continue }
      done |= group(index, words)
    }
    output.byte(0x7D)
  }

  /// Writes the group of a word, which several phases may share; gives the phases it covers.
  private func group(_ index: Int, _ words: WritePlan.WordTable) -> UInt32 {
    var covered: UInt32 = 0
    for other in index..<words.start.count where sameWord(other, index, words) { covered |= 1 << UInt32(other) }
    var isOpen = false
    job.forEachRow(.nodes, width: Table.nodes.width) { base in
      guard covered & (1 << UInt32(job.nodePhase(at: base).rawValue)) != 0 else { return }
      if isOpen {
        output.byte(0x2C)
      } else {
        if output.last != 0x7B { output.byte(0x2C) }
        output.byte(0x22)
        output.bytes(UnsafeRawBufferPointer(rebasing: pool[words.start[index]..<words.start[index] + words.length[index]]))
        output.text("\":[")
        isOpen = true
      }
      if job.has(row: base, NodeColumn.name) { quoted(job.cell(row: base, NodeColumn.name)) } else { output.text("\"\"") }
    }
    if isOpen { output.byte(0x5D) }
    return covered
  }

  private func sameWord(_ one: Int, _ other: Int, _ words: WritePlan.WordTable) -> Bool {
    guard words.length[one] == words.length[other] else { return false }
    if one == other { return true }
    for offset in 0..<words.length[one] where pool[words.start[one] + offset] != pool[words.start[other] + offset] {
      return false
    }
    return true
  }

  /// `{"running": 2, …}`, without zeros.
  func counts() {
    let words = plan.words[nodeTable]
    output.byte(0x7B)
    var done: UInt32 = 0
    for index in words.start.indices where done & (1 << UInt32(index)) == 0 && words.length[index] > 0 {
      var covered: UInt32 = 0
      for other in index..<words.start.count where sameWord(other, index, words) { covered |= 1 << UInt32(other) }
      done |= covered
      var count: Int64 = 0
      job.forEachRow(.nodes, width: Table.nodes.width) { base in
        if covered & (1 << UInt32(job.nodePhase(at: base).rawValue)) != 0 { count += 1 }
      }
      guard count > 0 else { continue }
      if output.last != 0x7B { output.byte(0x2C) }
      output.byte(0x22)
      output.bytes(UnsafeRawBufferPointer(rebasing: pool[words.start[index]..<words.start[index] + words.length[index]]))
      output.text("\":")
      output.integer(count)
    }
    output.byte(0x7D)
  }

  /// A key and a text put together from others; false when one of them is missing.
  func template(_ op: WritePlan.Op) -> Bool {
    let skip = (output.last == 0x7B || output.last == 0x5B) && pool[op.start] == 0x2C ? 1 : 0
    output.bytes(UnsafeRawBufferPointer(rebasing: pool[op.start + skip..<op.start + op.length]))
    output.byte(0x22)
    let written = fill(op.firstPiece, op.pieces)
    output.byte(0x22)
    return written
  }

  /// Writes the pieces of a template, escaped for JSON.
  func fill(_ first: Int, _ count: Int) -> Bool {
    for index in first..<first + count {
      let piece = plan.pieces[index]
      guard piece.index >= 0 else {
        output.bytes(UnsafeRawBufferPointer(rebasing: pool[piece.start..<piece.start + piece.length]))
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
  private func writeID(_ value: UInt64) -> Bool {
    let bytes = job.arena.bytes(Text(cell: value))
    switch plan.idForm {
    case .hex:
      guard let hex = hex(bytes) else { return false }
      output.string(hex)
    case .number, .digits:
      guard isNumber(bytes) else { return false }
      output.bytes(bytes)
    case .text: output.bytes(bytes)
    }
    return true
  }
}
