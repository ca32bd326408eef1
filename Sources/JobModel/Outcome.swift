/// How a platform's last word on a job is understood when the word alone does not say it (translation tables, §1).
package enum OutcomeRule: String, CaseIterable, Sendable {
  /// Over; the nodes say how: one failed, then failed; one neither well nor harmless, then crashed; else succeeded.
  case byNodes = "by-nodes"
  /// Failed; the nodes say why: one failed, then failed; none ever started, then rejected; else crashed.
  case byCause = "by-cause"
  /// Succeeded, unless a node failed or its program came back with something else than 0, or a node was lost.
  case byExit = "by-exit"
  /// Failed if it was ever started, else rejected.
  case byStart = "by-start"
}

extension Job {
  /// Settles the phase by a rule, once everything there is has been read.
  package func settle(_ rule: OutcomeRule) {
    switch rule {
    case .byNodes: phase = rows(.nodes).count > 0 ? outcomeOfNodes() : .ended
    case .byCause:
      failNodesByExit()
      if has(.nodes), phase == .failed { phase = causeOfNodes() }
    case .byExit:
      failNodesByExit()
      if has(.nodes), phase == .succeeded { phase = outcomeOfNodes() }
    case .byStart: if !has(.started) { phase = .rejected }
    }
  }

  /// Settles the phase once more if the last word read asked for it; nodes may be read after the job.
  package func settleIfDue() { if let rule = pendingRule { settle(rule) } }

  /// A node that came back with something else than 0 has failed, whatever word it was given.
  private func failNodesByExit() {
    let span = rows(.nodes)
    for row in 0..<span.count {
      let base = span.start + row * Table.nodes.width
      if nodePhase(at: base).isHarmless, cameBackBadly(base) {
        fill(row: base, NodeColumn.phase, UInt64(NodePhase.failed.rawValue))
      }
    }
  }

  private func outcomeOfNodes() -> Phase {
    if anyNode({ self.nodePhase(at: $0) == .failed }) { return .failed }
    if anyNode({ !self.nodePhase(at: $0).isHarmless }) { return .crashed }
    return .succeeded
  }

  private func causeOfNodes() -> Phase {
    if anyNode({ self.nodePhase(at: $0) == .failed || self.cameBackBadly($0) }) { return .failed }
    if !anyNode({ self.nodePhase(at: $0).hasRun }) { return rows(.nodes).count == 0 ? .failed : .rejected }
    return anyNode({ self.nodePhase(at: $0) == .lost || self.nodePhase(at: $0) == .expired }) ? .crashed : .failed
  }

  private func anyNode(_ test: (Int) -> Bool) -> Bool {
    let span = rows(.nodes)
    let width = Table.nodes.width
    for row in 0..<span.count where test(span.start + row * width) { return true }
    return false
  }

  /// Whether a node's program came back with something else than 0, whatever that is.
  private func cameBackBadly(_ base: Int) -> Bool {
    guard has(row: base, NodeColumn.exit) else { return false }
    return wholeNumber(arena.bytes(Text(cell: cell(row: base, NodeColumn.exit)))) != 0
  }

  /// Whether the job ended well, as far as the hub knows (law 5).
  package var hasSucceeded: Bool { phase == .succeeded }
}
