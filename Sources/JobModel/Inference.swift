/// What can be concluded from what was read. A dialect that must say something the other never said gets it from here;
/// concluded values are marked, are never stored, and `forgetInferred` takes them out again.
extension Job {
  /// Fills fields that nothing said but others imply. Allocates nothing once the job has grown to its size.
  package func infer() {
    beforeInference = (nulls, cells.count, arena.count)
    inferKind()
    guard let phase else { return }
    inferTimes(phase)
    inferTargets()
    inferNodes(phase)
    inferProgress(phase)
    inferElapsed()
    inferErrors(phase)
  }

  /// Takes every concluded value out again; what was null is null again.
  package func forgetInferred() {
    guard inferred != 0 else { return }
    filled &= ~inferred
    nulls |= beforeInference.nulls & inferred
    inferred = 0
    cells.truncate(to: beforeInference.cells)
    arena.truncate(to: beforeInference.bytes)
  }

  private func inferKind() {
    guard !has(.kind) else { return }
    let kind: WorkKind
    if has(.command) {
      kind = .command
    } else if has(.task) {
      kind = .task
    } else if has(.package) {
      kind = .package
    } else if has(.environment) {
      kind = .converge
    } else {
      return
    }
    self.kind = kind
    inferred |= 1 << UInt64(Field.kind.rawValue)
  }

  /// The nodes that ran a job are the nodes it was meant for, when nothing else says so.
  private func inferTargets() {
    guard !has(.targets), !has(.cluster), !has(.group), !has(.query), has(.nodes) else { return }
    let start = cells.count
    let span = rows(.nodes)
    for row in 0..<span.count {
      let base = span.start + row * Table.nodes.width
      cells.append(has(row: base, NodeColumn.name) ? cell(row: base, NodeColumn.name) : Text(start: 0, length: 0).cell)
    }
    fill(Int(Field.targets.rawValue), Span32(start: start, count: span.count).cell)
    inferred |= 1 << UInt64(Field.targets.rawValue)
  }

  private func inferTimes(_ phase: Phase) {
    if phase.isOver { conclude(.finished, from: .entered, .changed, .created) }
    if phase.hasRun { conclude(.started, from: .created) }
    if phase.isOver {
      conclude(.entered, from: .finished, .changed, .created)
    } else if phase == .running {
      conclude(.entered, from: .started, .changed, .created)
    } else {
      conclude(.entered, from: .created)
    }
    conclude(.changed, from: .entered)
    conclude(.created, from: .started, .entered)
  }

  /// Takes a field's value from the first of others that was really said.
  private func conclude(_ field: Field, from first: Field, _ second: Field? = nil, _ third: Field? = nil) {
    guard !has(field) else { return }
    if take(field, from: first) { return }
    if let second, take(field, from: second) { return }
    if let third { _ = take(field, from: third) }
  }

  private func take(_ field: Field, from source: Field) -> Bool {
    guard has(source), inferred & (1 << UInt64(source.rawValue)) == 0 else { return false }
    conclude(field, slots[Int(source.rawValue)])
    return true
  }

  private func conclude(_ field: Field, _ value: UInt64) {
    fill(Int(field.rawValue), value)
    inferred |= 1 << UInt64(field.rawValue)
  }

  /// Takes what was added to the arena since `start` as the text of a field.
  private func conclude(_ field: Field, textFrom start: Int, escaped: Bool = false) {
    conclude(field, Text(start: start, length: arena.count - start, escaped: escaped).cell)
  }

  private func inferNodes(_ phase: Phase) {
    guard !has(.nodes), has(.targets) || has(.cluster) else { return }
    let implied = UInt64(NodePhase(impliedBy: phase).rawValue)
    guard has(.targets) else { return inferPlace(implied) }
    let targets = Span32(cell: slots[Int(Field.targets.rawValue)])
    let width = Table.nodes.width
    var base = cells.count
    fill(Int(Field.nodes.rawValue), Span32(start: base, count: targets.count).cell)
    // What a row's first cell does not speak of nobody looks at.
    cells.append(any: targets.count * width)
    let filled: UInt64 = 1 << UInt64(NodeColumn.name) | 1 << UInt64(NodeColumn.phase)
    for index in targets.start..<targets.start + targets.count {
      cells[base] = filled
      cells[base &+ 1 &+ NodeColumn.name] = cells[index]
      cells[base &+ 1 &+ NodeColumn.phase] = implied
      base &+= width
    }
    inferred |= 1 << UInt64(Field.nodes.rawValue)
  }

  /// A cluster that runs a job as one is a node of its own.
  private func inferPlace(_ implied: UInt64) {
    let start = arena.count
    arena.append("cluster-")
    arena.append(copyOf: Text(cell: slots[Int(Field.cluster.rawValue)]))
    let name = Text(start: start, length: arena.count - start)
    beginRows(.nodes)
    let base = addRow(.nodes, width: Table.nodes.width)
    fill(row: base, NodeColumn.name, name.cell)
    fill(row: base, NodeColumn.phase, implied)
    inferred |= 1 << UInt64(Field.nodes.rawValue)
  }

  /// From start to end, in seconds with at least one decimal: `256.0`, `2.68`.
  private func inferElapsed() {
    guard !has(.elapsed), let begin = integer(.started), let end = integer(.finished) else { return }
    let milliseconds = max(0, end - begin)
    let start = arena.count
    arena.append(digits: milliseconds / 1000)
    arena.append(0x2E)
    let rest = milliseconds % 1000
    if rest % 100 == 0 {
      arena.append(digits: rest / 100)
    } else if rest % 10 == 0 {
      arena.append(digits: rest / 10, atLeast: 2)
    } else {
      arena.append(digits: rest, atLeast: 3)
    }
    conclude(.elapsed, textFrom: start)
  }

  /// What went wrong, in one sentence, for a dialect that has no nodes to show.
  private func inferErrors(_ phase: Phase) {
    guard phase == .failed || phase == .crashed || phase == .expired, !has(.errors), !has(.reason) else { return }
    let start = arena.count
    var escaped = false
    let span = rows(.nodes)
    for row in 0..<span.count {
      let base = span.start + row * Table.nodes.width
      let node = nodePhase(at: base)
      guard node.isOver, !node.isHarmless, has(row: base, NodeColumn.name) else { continue }
      if arena.count > start {
        arena.append(", ")
      } else {
        arena.append(phase == .expired ? "timeout on " : "failed on ")
      }
      let name = Text(cell: cell(row: base, NodeColumn.name))
      arena.append(copyOf: name)
      escaped = escaped || name.escaped
    }
    if arena.count > start { conclude(.errors, textFrom: start, escaped: escaped) }
  }

  /// Nodes that are over, of all nodes: nothing before anything has run, 1.0 exactly on success, never decreasing
  /// (translation tables, §3).
  private func inferProgress(_ phase: Phase) {
    guard !has(.progress) else { return }
    let hundredths = phase == .succeeded ? 100 : hundredthsOver(phase)
    let start = arena.count
    arena.append(digits: hundredths / 100)
    arena.append(0x2E)
    if hundredths % 100 == 0 {
      arena.append(0x30)
    } else {
      arena.append(digits: hundredths % 100, atLeast: 2)
    }
    conclude(.progress, textFrom: start)
  }

  private func hundredthsOver(_ phase: Phase) -> Int64 {
    let span = rows(.nodes)
    switch phase {
    case .accepted, .waiting, .unknown: return 0
    case .stopping, .rejected, .ended, .unknownOver:
      // Only where a start was really said: what never ran may still be told to have been rejected, with no progress.
      if !has(.started) || inferred & (1 << UInt64(Field.started.rawValue)) != 0 || span.count == 0 { return 0 }
    default: if span.count == 0 { return 0 }
    }
    var over = 0
    for row in 0..<span.count where nodePhase(at: span.start + row * Table.nodes.width).isOver { over += 1 }
    return min(Int64(over * 100 / span.count), phase.isOver ? 100 : 99)
  }
}

/// Milliseconds as seconds with at least one decimal: `256.0`, `2.68`.
package func seconds(_ milliseconds: Int64) -> String {
  withSeconds(milliseconds) { String(decoding: $0, as: UTF8.self) }
}

/// The same, lent as bytes. A time is never negative: such a one is 0.
@inlinable @inline(__always)
package func withSeconds<Result>(_ milliseconds: Int64, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
  withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { room in
    var end = room.count
    var decimals = max(milliseconds, 0) % 1000
    for _ in 0..<3 {
      end -= 1
      room[end] = UInt8(0x30 + decimals % 10)
      decimals /= 10
    }
    end -= 1
    room[end] = UInt8(ascii: ".")
    let point = end
    var rest = max(milliseconds, 0) / 1000
    repeat {
      end -= 1
      room[end] = UInt8(0x30 + rest % 10)
      rest /= 10
    } while rest > 0
    var last = room.count
    while last > point + 2, room[last - 1] == 0x30 { last -= 1 }
    return body(UnsafeRawBufferPointer(rebasing: room[end..<last]))
  }
}
