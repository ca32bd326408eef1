/// What can be concluded from what was read. A dialect that must say something the other never said gets it from here;
/// concluded values are marked, are never stored, and `forgetInferred` takes them out again.
extension Job {
  /// Fills fields that nothing said but others imply.
  package func infer() {
    inferKind()
    guard let phase else { return }
    inferTimes(phase)
    inferTargets()
    inferNodes(phase)
    inferProgress(phase)
    inferElapsed()
    inferErrors(phase)
  }

  /// Takes every concluded value out again.
  package func forgetInferred() {
    filled &= ~inferred
    inferred = 0
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
    if phase.isOver { conclude(.finished, from: [.entered, .changed, .created]) }
    if phase.hasRun { conclude(.started, from: [.created]) }
    let entered: [Field] = phase.isOver ? [.finished, .changed] : phase == .running ? [.started, .changed] : []
    conclude(.entered, from: entered + [.created])
    conclude(.changed, from: [.entered])
    conclude(.created, from: [.started, .entered])
  }

  private func conclude(_ field: Field, from others: [Field]) {
    guard !has(field), let source = others.first(where: { has($0) && inferred & (1 << UInt64($0.rawValue)) == 0 })
    else { return }
    fill(Int(field.rawValue), slots[Int(source.rawValue)])
    inferred |= 1 << UInt64(field.rawValue)
  }

  private func inferNodes(_ phase: Phase) {
    guard !has(.nodes), has(.targets) || has(.cluster) else { return }
    let implied = UInt64(NodePhase(impliedBy: phase).rawValue)
    guard has(.targets) else { return inferPlace(implied) }
    let targets = Span32(cell: slots[Int(Field.targets.rawValue)])
    beginRows(.nodes)
    for index in targets.start..<targets.start + targets.count {
      let base = addRow(.nodes, width: Table.nodes.width)
      fill(row: base, NodeColumn.name, cells[index])
      fill(row: base, NodeColumn.phase, implied)
    }
    inferred |= 1 << UInt64(Field.nodes.rawValue)
  }

  /// A cluster that runs a job as one is a node of its own.
  private func inferPlace(_ implied: UInt64) {
    let name = add("cluster-" + (text(.cluster) ?? ""))
    beginRows(.nodes)
    let base = addRow(.nodes, width: Table.nodes.width)
    fill(row: base, NodeColumn.name, name.cell)
    fill(row: base, NodeColumn.phase, implied)
    inferred |= 1 << UInt64(Field.nodes.rawValue)
  }

  /// From start to end, in seconds.
  private func inferElapsed() {
    guard !has(.elapsed), let start = integer(.started), let end = integer(.finished) else { return }
    fill(Int(Field.elapsed.rawValue), addRaw(seconds(max(0, end - start))).cell)
    inferred |= 1 << UInt64(Field.elapsed.rawValue)
  }

  /// What went wrong, in one sentence, for a dialect that has no nodes to show.
  private func inferErrors(_ phase: Phase) {
    guard !has(.errors), !has(.reason), phase == .failed || phase == .crashed || phase == .expired else { return }
    var names: [String] = []
    forEachRow(.nodes, width: Table.nodes.width) { base in
      let phase = nodePhase(at: base)
      if phase.isOver, !phase.isHarmless, has(row: base, NodeColumn.name) {
        names.append(decoded(Text(cell: cell(row: base, NodeColumn.name))))
      }
    }
    guard !names.isEmpty else { return }
    fill(Int(Field.errors.rawValue), add((phase == .expired ? "timeout on " : "failed on ") + names.joined(separator: ", ")).cell)
    inferred |= 1 << UInt64(Field.errors.rawValue)
  }

  /// Nodes that are over, of all nodes; 1.0 exactly on success (translation tables, §3).
  private func inferProgress(_ phase: Phase) {
    guard !has(.progress) else { return }
    let text: String
    if phase == .succeeded {
      text = "1.0"
    } else {
      let all = rows(.nodes).count
      var over = 0
      forEachRow(.nodes, width: Table.nodes.width) { if nodePhase(at: $0).isOver { over += 1 } }
      let hundredths = phase == .rejected || phase == .accepted || all == 0 ? 0 : min(over * 100 / all, 100)
      text = hundredths == 100 ? (phase.isOver ? "1.0" : "0.99") : "0." + (hundredths < 10 ? "0" : "") + "\(hundredths)"
    }
    fill(Int(Field.progress.rawValue), addRaw(text == "0.00" ? "0.0" : text).cell)
    inferred |= 1 << UInt64(Field.progress.rawValue)
  }
}

/// Milliseconds as seconds with at least one decimal: `256.0`, `2.68`.
package func seconds(_ milliseconds: Int64) -> String {
  let rest = milliseconds % 1000
  var decimals = String(1000 + rest).dropFirst()
  while decimals.count > 1, decimals.last == "0" { decimals.removeLast() }
  return "\(milliseconds / 1000).\(decimals)"
}
