/// Applying what was seen to a job: forwards only (law 8).
extension Job {
  /// Takes in one observation. False when the job, or the node, was already past it: then nothing changes.
  package func apply(_ observation: Observation) -> Bool {
    switch observation.what {
    case .phase(let next, let reason): return enter(next, at: observation.at, reason: reason)
    case .node(let name, let next, let exit, let error):
      return enter(node: name, next, at: observation.at, exit: exit, error: error)
    }
  }

  private func enter(_ next: Phase, at time: Int64, reason: String?) -> Bool {
    let now = phase
    if let now, !now.mayBecome(next) || now == next { return false }
    phase = next
    if let reason { set(.reason, text: reason) }
    let at = max(time, integer(.entered) ?? time)
    set(.entered, integer: at)
    set(.changed, integer: max(at, integer(.changed) ?? at))
    if next == .running { set(.started, integer: at) }
    if next.isOver { set(.finished, integer: at) }
    addHistory(next, at: at)
    return true
  }

  /// Closes the last history row and opens one for a phase.
  package func addHistory(_ next: Phase, at time: Int64) {
    let span = rows(.history)
    if span.count > 0 {
      fill(row: span.start + (span.count - 1) * Table.history.width, HistoryColumn.left, UInt64(bitPattern: time))
    }
    let base = appendRow(.history)
    fill(row: base, HistoryColumn.phase, UInt64(next.rawValue))
    fill(row: base, HistoryColumn.entered, UInt64(bitPattern: time))
  }

  private func enter(node name: String, _ next: NodePhase, at time: Int64, exit: Int32?, error: String?) -> Bool {
    guard phase.map({ $0.rank < Phase.stopped.rank }) ?? true, var runs = nodeRuns,
      let index = runs.firstIndex(where: { $0.name == name })
    else { return false }
    guard runs[index].phase.mayBecome(next), runs[index].phase != next || exit != nil || error != nil else {
      return false
    }
    if runs[index].phase.isOver && runs[index].phase == next { return false }
    let time = max(time, runs[index].changed ?? time)
    runs[index].phase = next
    runs[index].changed = time
    if next == .running { runs[index].started = time }
    if next.isOver { runs[index].finished = time }
    if let exit { runs[index].exit = Int64(exit) }
    if let error { runs[index].error = error }
    nodeRuns = runs
    set(.changed, integer: max(time, integer(.changed) ?? time))
    return true
  }
}
