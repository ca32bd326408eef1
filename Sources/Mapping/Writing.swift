import JobModel
import Wire

/// One writing of one document.
///
/// Whatever writes is `mutating`, be it only the output that changes: what is not may be given a copy of all this.
struct Writing {
  /// The plan's owner, not the plan: see `Reading`.
  let writer: Writer
  let tables: WritePlan.Tables
  let job: Job
  let output: Output
  let ids: JobIDs
  /// The phase whose word is written, -1: none.
  let phase: Int
  var row = 0
  var said = Said()
  /// Columns of the row at hand that have been said.
  var rowSays: UInt64 = 0
  /// Where the objects now open began, for taking an empty one back.
  var opened: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
  var depth = 0
  /// The time written last, in which format, and where it stands with its quotes.
  var lastTime: (value: UInt64, format: Format, place: Int, length: Int) = (0, .json, 0, 0)

  /// The cell of the number that was last found fit to be a job's id.
  var fitID = ~UInt64(0)

  /// The compiled document.
  @inline(__always)
  var plan: WritePlan { writer.plan }

  @inline(__always)
  var pool: UnsafeRawPointer { tables.pool }

  mutating func run(_ from: Int, _ to: Int) {
    var at = from
    while at < to {
      let op = tables.ops + at
      if op.mask != 0, !holds(op) {
        at = op.code == .open ? op.jump : op.code == .rows ? op.pieces : at &+ 1
        continue
      }
      at = perform(op, at)
    }
  }

  @inline(__always)
  private mutating func perform(_ op: Place<WritePlan.Op>, _ at: Int) -> Int {
    switch op.code {
    case .literal:
      lead(op)
      return op.jump > at ? op.jump : at &+ 1
    case .field:
      guard has(op), op.omit == 0 || cell(op) != UInt64(op.omit &- 1), op.omittedLength == 0 || !isOmitted(op) else {
        return at &+ 1
      }
      let mark = output.count
      lead(op)
      if emit(op) {
        if op.isColumn { rowSays |= op.says } else { said.slots |= op.says }
        return op.jump
      }
      output.truncate(to: mark)
      return at &+ 1
    case .null:
      let isNull = op.isColumn ? job.isNull(row: row, op.index) : job.isNull(at: op.index)
      guard isNull else { return at &+ 1 }
      lead(op)
      return op.jump
    case .template:
      let mark = output.count
      guard template(op) else {
        output.truncate(to: mark)
        return at &+ 1
      }
      said.slots |= op.says
      return op.jump
    case .open:
      push(output.count)
      lead(op)
      if op.isLone { output.byte(0x5B) }
      output.byte(0x7B)
      return at &+ 1
    case .close: return close(op, at)
    case .rows: return rows(op, at)
    case .group:
      guard job.has(.nodes) else { return at &+ 1 }
      lead(op)
      group()
      said.slots |= 1 << UInt64(JobModel.Field.nodes.rawValue)
      job.forEachRow(.nodes, width: Table.nodes.width) { base in
        said.leave(.nodes, job.filled(row: base) & ~(1 << UInt64(NodeColumn.name) | 1 << UInt64(NodeColumn.phase)))
      }
      return op.jump
    case .count:
      guard let table = Table(rawValue: op.table) else { return at &+ 1 }
      lead(op)
      output.integer(Int64(job.rows(table).count))
      return op.jump
    case .counts:
      guard job.rows(.nodes).count > 0 else { return at &+ 1 }
      lead(op)
      counts()
      return op.jump
    case .foreign:
      guard !job.foreign.isEmpty else { return at &+ 1 }
      lead(op)
      output.string(Foreign.text(job.foreign))
      return op.jump
    case .entries: return at &+ 1
    }
  }

  /// Writes the literal before a value; its comma is left out behind an opening bracket.
  @inline(__always)
  mutating func lead(_ op: Place<WritePlan.Op>) {
    let last = output.last
    let skip = op.hasComma && (last == 0x7B || last == 0x5B) ? 1 : 0
    output.piece(pool + (op.start &+ skip), op.length &- skip)
  }

  @inline(__always)
  func has(_ op: Place<WritePlan.Op>) -> Bool {
    op.isColumn ? job.has(row: row, op.index) : job.filled & (1 &<< UInt64(truncatingIfNeeded: op.index)) != 0
  }

  @inline(__always)
  func cell(_ op: Place<WritePlan.Op>) -> UInt64 { op.isColumn ? job.cell(row: row, op.index) : job[slot: op.index] }

  private mutating func holds(_ op: Place<WritePlan.Op>) -> Bool {
    let value: UInt64
    if op.conditionIsColumn {
      guard job.has(row: row, op.conditionIndex) else { return false }
      value = job.cell(row: row, op.conditionIndex)
    } else {
      guard job.filled & (1 &<< UInt64(truncatingIfNeeded: op.conditionIndex)) != 0 else { return false }
      value = job[slot: op.conditionIndex]
    }
    return op.mask & (1 &<< UInt32(truncatingIfNeeded: value)) != 0
  }

  private mutating func push(_ mark: Int) {
    withUnsafeMutableBytes(of: &opened) { $0.storeBytes(of: mark, toByteOffset: (depth & 7) * 8, as: Int.self) }
    depth += 1
  }

  private mutating func close(_ op: Place<WritePlan.Op>, _ at: Int) -> Int {
    if op.format == .bool { return op.jump > at ? op.jump : at &+ 1 }
    depth -= 1
    if op.flag, output.last == 0x7B {
      output.truncate(to: withUnsafeBytes(of: opened) { $0.load(fromByteOffset: (depth & 7) * 8, as: Int.self) })
      return at &+ 1
    }
    output.byte(0x7D)
    if op.isLone { output.byte(0x5D) }
    return op.jump > at ? op.jump : at &+ 1
  }

  /// Whether a value is the one that is left out.
  private mutating func isOmitted(_ op: Place<WritePlan.Op>) -> Bool {
    var left = op.omittedLength
    for byte in job.arena.bytes(Text(cell: cell(op))) where byte > 0x20 {
      guard left > 0, byte == pool.load(fromByteOffset: op.omitted &+ op.omittedLength &- left, as: UInt8.self) else {
        return false
      }
      left &-= 1
    }
    return left == 0
  }

  private mutating func rows(_ op: Place<WritePlan.Op>, _ at: Int) -> Int {
    guard let table = Table(rawValue: op.table), job.has(table.field) else { return op.pieces }
    lead(op)
    output.byte(0x5B)
    let span = job.rows(table)
    let width = table.width
    let outer = row
    for index in 0..<span.count {
      row = span.start + index * width
      if index > 0 { output.byte(0x2C) }
      rowSays = 0
      run(at &+ 1, op.jump)
      said.leave(table, job.filled(row: row) & ~rowSays)
    }
    said.slots |= 1 << UInt64(table.field.rawValue)
    row = outer
    output.byte(0x5D)
    return op.jump
  }
}
