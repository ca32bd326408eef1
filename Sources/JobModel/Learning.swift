/// Taking in what a platform says of a job that it runs: forwards only (law 8). What was asked for stays as it was asked.
extension Job {
  /// Takes in everything that moves in `seen`, a document read from the job's platform: phase, times, nodes, results.
  ///
  /// - Parameters:
  ///   - time: milliseconds since 1970, UTC: when it was seen; taken where the document says no time.
  ///   - speaksForNodes: whether the job's phase speaks for nodes that the document does not name: there are none to ask.
  /// - Returns: false when nothing is new, or when the job was past it already.
  package func learn(_ seen: Job, at time: Int64, speaksForNodes: Bool) -> Bool {
    let isLate = hasRunOut(seen)
    let next = isLate ? .expired : verdict(on: seen.phase)
    if let phase, phase.isOver, !phase.mayBecome(next ?? phase) || next == phase { return false }
    var isNew = learnNodes(seen, speaksForNodes ? next : nil, isLate: isLate, at: time)
    if learnRows(.outputs, seen) { isNew = true }
    for field in [Field.word, .errors, .reason, .progress, .elapsed, .attempts] {
      if learn(field, seen) { isNew = true }
    }
    if let next, next != phase, phase?.mayBecome(next) ?? true {
      enter(next, seen, at: time)
      isNew = true
    }
    if !has(.started), let started = seen.integer(.started) {
      set(.started, integer: started)
      isNew = true
    }
    if isNew { set(.changed, integer: max(seen.integer(.changed) ?? time, integer(.changed) ?? 0)) }
    return isNew
  }

  /// The reason of a job that is being stopped because its time is up.
  package static let outOfTime = "run timeout"

  /// The phase that a platform's word means: a job that we have stopped because its time is up has expired.
  private func verdict(on seen: Phase?) -> Phase? {
    seen == .stopped && phase == .stopping && text(.reason) == Job.outOfTime ? .expired : seen
  }

  /// Whether the platform has ended the job because its time was up, and can only say so in words about its nodes.
  private func hasRunOut(_ seen: Job) -> Bool {
    guard has(.timeout), seen.phase == .crashed, let runs = seen.nodeRuns else { return false }
    return runs.contains(where: \.isCutShort) && runs.allSatisfy { $0.isCutShort || $0.phase != .lost }
  }

  private func enter(_ next: Phase, _ seen: Job, at time: Int64) {
    phase = next
    if !seen.has(.word) { clear(.word) }
    let at = max(
      seen.integer(.entered) ?? (next.isOver ? seen.integer(.finished) : nil) ?? time, integer(.entered) ?? 0)
    set(.entered, integer: at)
    if next == .running, !has(.started) { set(.started, integer: seen.integer(.started) ?? at) }
    if next.isOver { set(.finished, integer: seen.integer(.finished) ?? at) }
    addHistory(next, at: at)
  }

  /// A value that can be told as it stood. Progress never decreases; a time that runs is no news.
  private func learn(_ field: Field, _ seen: Job) -> Bool {
    guard seen.has(field), let value = seen.text(field), value != text(field) else { return false }
    if field == .elapsed, has(field), has(.started), seen.isAtIt { return false }
    if field == .reason, text(field) == Job.outOfTime { return false }
    if field == .progress, let old = text(field).flatMap(Double.init), let new = Double(value), new < old {
      return false
    }
    set(field, text: value)
    return true
  }

  /// Nodes that the platform names; where it names none, the job's phase speaks for all of them.
  private func learnNodes(_ seen: Job, _ spoken: Phase?, isLate: Bool, at time: Int64) -> Bool {
    var runs = nodeRuns ?? []
    var isNew = false
    if let found = seen.nodeRuns {
      for var node in found {
        if isLate, node.isCutShort { node.phase = .expired }
        // A platform without times of nodes still says that they ran.
        if node.phase.hasRun, node.started == nil {
          node.started =
            runs.first { $0.name == node.name }?.started ?? seen.integer(.started) ?? integer(.started)
            ?? integer(.created)
        }
        guard let index = runs.firstIndex(where: { $0.name == node.name }) else {
          runs.append(node)
          isNew = true
          continue
        }
        guard runs[index].phase.mayBecome(node.phase), runs[index] != node.over(runs[index]) else { continue }
        runs[index] = node.over(runs[index])
        isNew = true
      }
    } else if let spoken, phase?.mayBecome(spoken) ?? true {
      let implied = NodePhase(impliedBy: spoken)
      for index in runs.indices where runs[index].phase != implied && runs[index].phase.mayBecome(implied) {
        runs[index].phase = implied
        runs[index].changed = time
        isNew = true
      }
    }
    if isNew { nodeRuns = runs }
    return isNew
  }

  /// Rows as the platform has them now, when there are more or others.
  private func learnRows(_ table: Table, _ seen: Job) -> Bool {
    let span = seen.rows(table)
    guard span.count > 0, span.count >= rows(table).count, !isSame(table, seen) else { return false }
    let columns = table.columns
    var copies: [[(column: Int, cell: UInt64)]] = []
    seen.forEachRow(table, width: table.width) { base in
      copies.append(
        columns.indices.filter { seen.has(row: base, $0) }.map { column in
          let cell = seen.cell(row: base, column)
          guard columns[column].form.isText else { return (column, cell) }
          let text = Text(cell: cell)
          let start = arena.append(seen.arena.bytes(text))
          return (column, Text(start: start, length: text.length, escaped: text.escaped).cell)
        })
    }
    beginRows(table)
    for copy in copies {
      let base = addRow(table, width: table.width)
      for (column, cell) in copy { fill(row: base, column, cell) }
    }
    return true
  }

  private func isSame(_ table: Table, _ seen: Job) -> Bool {
    let mine = rows(table), theirs = seen.rows(table)
    guard mine.count == theirs.count else { return false }
    for row in 0..<mine.count {
      let here = mine.start + row * table.width, there = theirs.start + row * table.width
      for (index, column) in table.columns.enumerated() {
        guard has(row: here, index) == seen.has(row: there, index) else { return false }
        guard has(row: here, index) else { continue }
        let own = cell(row: here, index), other = seen.cell(row: there, index)
        let isEqual =
          column.form.isText
          ? arena.bytes(Text(cell: own)).elementsEqual(seen.arena.bytes(Text(cell: other))) : own == other
        if !isEqual { return false }
      }
    }
    return true
  }
}

extension NodeRun {
  /// Lost for want of time.
  fileprivate var isCutShort: Bool { phase == .lost && error?.hasPrefix("timeout") ?? false }

  /// This state of a node over an older one: what it does not say stays.
  fileprivate func over(_ old: NodeRun) -> NodeRun {
    var run = self
    run.exit = exit ?? old.exit
    run.started = started ?? old.started
    run.finished = finished ?? old.finished
    run.changed = changed ?? old.changed
    run.output = output ?? old.output
    run.error = error ?? old.error
    run.result = result ?? old.result
    return run
  }
}

extension Field.Form {
  /// Whether a cell of this form is a piece of the arena.
  var isText: Bool { self == .text || self == .number || self == .json }
}
