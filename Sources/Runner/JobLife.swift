import JobModel

/// The life of one job as a value: something happens, and it says what there is to be seen of it.
///
/// Nodes are spoken of by their place in the order. Events that come too late change nothing.
struct JobLife {
  typealias Seen = [Observation.What]

  /// A node's answer to the question whether it will take the job.
  enum Vote: Equatable { case ready, refused(String), unreachable(String) }

  /// How a node's process came to its end.
  enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// Ended from outside before there was a process.
    case unstarted
    /// The runner could not start it, or lost sight of it.
    case lost(String)
  }

  /// Why the running is being ended from outside.
  enum Cut: Equatable { case stop, timeout(Int64) }

  let names: [String]
  private(set) var phase = Phase.accepted
  private(set) var nodes: [NodePhase]
  private(set) var cut: Cut?
  private var counted = false
  private var firstLoss: String?

  init(nodes names: [String]) {
    self.names = names
    nodes = names.map { _ in .pending }
  }

  /// The nodes that have taken the job and not finished it.
  var taken: [Int] { nodes.indices.filter { !nodes[$0].isOver && nodes[$0] != .pending } }

  mutating func wait() -> Seen {
    guard phase == .accepted else { return [] }
    return enter(.waiting)
  }

  mutating func vote(_ node: Int, _ vote: Vote) -> Seen {
    guard phase == .waiting, nodes[node] == .pending else { return [] }
    switch vote {
    case .ready: return enter(node, .ready)
    case .refused(let reason): return enter(node, .refused, error: reason)
    case .unreachable(let reason): return enter(node, .unreachable, error: reason)
    }
  }

  /// Whether a node may still be asked.
  func awaits(_ node: Int) -> Bool { phase == .waiting && nodes[node] == .pending }

  /// All votes are in.
  var isVoted: Bool { phase == .waiting && !nodes.contains(.pending) }

  /// The time to vote is over: who has not is not there.
  mutating func closeVote(_ reason: String) -> Seen {
    nodes.indices.flatMap { vote($0, .unreachable(reason)) }
  }

  /// All votes are in: the job runs, or it never will.
  mutating func count(quorum: Int?) -> Seen {
    guard phase == .waiting else { return [] }
    counted = true
    let ready = nodes.indices.filter { nodes[$0] == .ready }
    let needed = quorum ?? nodes.count
    guard ready.count >= needed else {
      let withdrawn = ready.flatMap { enter($0, .withdrawn) }
      return withdrawn + enter(.rejected, reason: "\(ready.count) of \(nodes.count) nodes ready, quorum \(needed)")
    }
    return enter(.running) + settle()
  }

  /// A node's process lives.
  mutating func started(_ node: Int) -> Seen { nodes[node] == .ready ? enter(node, .running) : [] }

  /// A node's process is gone, or could not be started. Notes are for people, whatever the ending.
  mutating func ended(_ node: Int, _ ending: Ending, notes: [String] = []) -> Seen {
    guard !nodes[node].isOver else { return [] }
    var seen = conclude(node, ending)
    if !notes.isEmpty, case .node(let name, let phase, let exit, let error)? = seen.last {
      let text = ((error.map { [$0] } ?? []) + notes).joined(separator: "; ")
      seen[seen.count - 1] = .node(name, phase, exit: exit, error: text)
    }
    return seen + settle()
  }

  /// Ends what has begun. Nodes in `unstarted` have no process yet, and need none any more.
  mutating func end(_ cut: Cut, unstarted: Set<Int>) -> Seen {
    guard !phase.isOver, self.cut == nil else { return [] }
    self.cut = cut
    counted = true
    var seen: Seen = []
    switch cut {
    case .stop: seen += enter(.stopping, reason: "stopped by request")
    case .timeout(let seconds): seen += enter(.stopping, reason: "run timeout of \(seconds) s")
    }
    for node in nodes.indices where !nodes[node].isOver {
      if nodes[node] == .pending || unstarted.contains(node) {
        seen += enter(node, cut == .stop ? .stopped : .expired, error: "never started")
      } else {
        seen += enter(node, .stopping)
      }
    }
    return seen + settle()
  }

  /// The runner itself cannot go on with the job.
  mutating func crash(_ reason: String) -> Seen {
    guard !phase.isOver else { return [] }
    let lost = nodes.indices.filter { !nodes[$0].isOver }.flatMap { enter($0, .lost, error: reason) }
    return lost + enter(.crashed, reason: reason)
  }

  private mutating func conclude(_ node: Int, _ ending: Ending) -> Seen {
    switch (cut, ending) {
    case (_, .lost(let reason)):
      firstLoss = firstLoss ?? "\(names[node]): \(reason)"
      return enter(node, .lost, error: reason)
    case (.stop, .exited(let code)): return enter(node, .stopped, exit: code)
    case (.stop, .signalled): return enter(node, .stopped)
    case (.stop, .unstarted): return enter(node, .stopped, error: "never started")
    case (.timeout(let seconds), .exited(let code)):
      return enter(node, .expired, exit: code, error: "timeout")
    case (.timeout, _): return enter(node, .expired, error: "timeout")
    case (nil, .unstarted): return enter(node, .lost, error: "never started")
    case (nil, .exited(0)): return enter(node, .succeeded, exit: 0)
    case (nil, .exited(let code)): return enter(node, .failed, exit: code, error: "exit code \(code)")
    case (nil, .signalled(let signal)):
      return enter(node, .failed, error: "killed by signal \(SignalName.of(signal))")
    }
  }

  private mutating func settle() -> Seen {
    guard counted, !phase.isOver, nodes.allSatisfy(\.isOver) else { return [] }
    if nodes.contains(.stopped) { return enter(.stopped) }
    if nodes.contains(.expired) { return enter(.expired) }
    let failed = nodes.indices.filter { nodes[$0] == .failed }
    if !failed.isEmpty {
      return enter(.failed, reason: "failed on " + failed.map { names[$0] }.joined(separator: ", "))
    }
    if let firstLoss { return enter(.crashed, reason: firstLoss) }
    return enter(.succeeded)
  }

  private mutating func enter(_ next: Phase, reason: String? = nil) -> Seen {
    guard phase != next, phase.mayBecome(next) else { return [] }
    phase = next
    return [.phase(next, reason: reason)]
  }

  private mutating func enter(_ node: Int, _ next: NodePhase, exit: Int32? = nil, error: String? = nil) -> Seen {
    guard nodes[node] != next, nodes[node].mayBecome(next) else { return [] }
    nodes[node] = next
    return [.node(names[node], next, exit: exit, error: error)]
  }
}
