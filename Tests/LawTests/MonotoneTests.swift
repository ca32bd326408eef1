import JobModel
import Testing

/// Law 8: phases, node phases and progress never go backwards, and what is over is frozen.
struct MonotoneLaw {
  var apply: (Job, Observation) -> Bool = { $0.apply($1) }

  func check(_ observations: [Observation]) -> String? {
    let job = Job()
    job.phase = .accepted
    job.set(.created, integer: 1000)
    job.nodeRuns = ["a", "b", "c"].map { NodeRun($0, .pending) }
    job.addHistory(.accepted, at: 1000)
    var before = Snapshot(job)
    for observation in observations {
      let isNews = apply(job, observation)
      let now = Snapshot(job)
      if let what = before.regression(now) { return "\(what) after \(observation.what)" }
      if !isNews, now != before { return "refused and yet changed by \(observation.what)" }
      if isNews, apply(job, observation), Snapshot(job) != now { return "twice is not once: \(observation.what)" }
      if let what = history(job) { return "\(what) after \(observation.what)" }
      before = now
    }
    return nil
  }

  /// Rows in the order of time, each left when the next was entered, the last one open and of the job's phase.
  private func history(_ job: Job) -> String? {
    let span = job.rows(.history)
    var left: Int64?
    for number in 0..<span.count {
      let base = span.start + number * Table.history.width
      let entered = Int64(bitPattern: job.cell(row: base, HistoryColumn.entered))
      if let left, left != entered { return "the history has a gap" }
      left = job.has(row: base, HistoryColumn.left) ? Int64(bitPattern: job.cell(row: base, HistoryColumn.left)) : nil
      if let left, left < entered { return "the history runs backwards" }
      if (left == nil) != (number == span.count - 1) { return "the history has an open row" }
      if left == nil, Phase(rawValue: UInt8(job.cell(row: base, HistoryColumn.phase))) != job.phase {
        return "the history ends in another phase"
      }
    }
    return nil
  }

  /// What may not go backwards.
  struct Snapshot: Equatable {
    var phase: Phase
    var nodes: [NodeRun]
    var progress: Double
    var entered: Int64
    var changed: Int64
    var finished: Int64?
    var reason: String?

    init(_ job: Job) {
      phase = job.phase ?? .unknown
      nodes = job.nodeRuns ?? []
      entered = job.integer(.entered) ?? 0
      changed = job.integer(.changed) ?? 0
      finished = job.integer(.finished)
      reason = job.text(.reason)
      job.infer()
      progress = job.text(.progress).flatMap { Double($0) } ?? 0
      job.forgetInferred()
    }

    func regression(_ now: Snapshot) -> String? {
      if now.phase.rank < phase.rank { return "\(phase) became \(now.phase)" }
      if now.progress < progress { return "progress fell from \(progress) to \(now.progress)" }
      if now.entered < entered || now.changed < changed { return "a time of the job went backwards" }
      for (old, new) in zip(nodes, now.nodes) {
        if new.phase.rank < old.phase.rank { return "a node that was \(old.phase) became \(new.phase)" }
        if (new.changed ?? 0) < (old.changed ?? 0) { return "a node's time went backwards" }
      }
      if phase.rank == 5, now != self { return "a job that was over has changed" }
      return nil
    }
  }
}

@Suite("Law 8: never backwards")
struct MonotoneTests {
  private func make(_ dice: inout Dice) -> [Observation] {
    var found: [Observation] = []
    var at: Int64 = 100_000
    for _ in 0..<1 + dice.below(12) {
      at += Int64(dice.below(5000)) - (dice.once(in: 4) ? 3000 : 0)
      let what: Observation.What
      if dice.once(in: 3) {
        what = .phase(dice.pick(Phase.allCases), reason: dice.once(in: 3) ? "why" : nil)
      } else {
        let exit: Int32? = dice.once(in: 3) ? Int32(dice.below(3)) : nil
        let node = dice.pick(["a", "b", "c", "x"])
        what = .node(node, dice.pick(NodePhase.allCases), exit: exit, error: dice.once(in: 5) ? "e" : nil)
      }
      found.append(Observation(job: 1, at: at, what: what))
      if dice.once(in: 6), let last = found.last { found.append(last) }
    }
    if dice.once(in: 3) { found.shuffle(using: &dice) }
    return found
  }

  private func breach(_ law: MonotoneLaw, _ count: Int) -> Breach? {
    firstBreach(count, from: 81) { dice in
      var observations = make(&dice)
      guard law.check(observations) != nil else { return nil }
      var index = 0
      while index < observations.count {
        var fewer = observations
        fewer.remove(at: index)
        if law.check(fewer) != nil { observations = fewer } else { index += 1 }
      }
      return Breach(seed: 0, what: law.check(observations) ?? "", document: "\(observations)")
    }
  }

  @Test func sequences() { #expect(breach(MonotoneLaw(), tries) == nil) }

  @Test func aJobThatTakesEverythingIsFound() {
    let law = MonotoneLaw { job, observation in
      if case .phase(let phase, _) = observation.what { job.phase = phase } else { _ = job.apply(observation) }
      return true
    }
    #expect(breach(law, 200) != nil)
  }
}
