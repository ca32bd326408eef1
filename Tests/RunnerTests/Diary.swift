import JobModel

/// Everything a runner told.
actor Diary {
  private var stories: [Int64: Story] = [:]
  private var waiting: [Int64: [CheckedContinuation<Story, Never>]] = [:]

  func write(_ observation: Observation) {
    stories[observation.job, default: Story()].all.append(observation.what)
    guard case .phase(let phase, _) = observation.what, phase.isOver else { return }
    for continuation in waiting.removeValue(forKey: observation.job) ?? [] {
      continuation.resume(returning: stories[observation.job] ?? Story())
    }
  }

  /// Makes way for another job of the same number.
  func forget(_ job: Int64) { stories[job] = nil }

  func story(_ job: Int64) -> Story { stories[job] ?? Story() }

  /// The whole story of a job, once it is over.
  func over(_ job: Int64) async -> Story {
    if let story = stories[job], story.phases.last?.isOver == true { return story }
    return await withCheckedContinuation { waiting[job, default: []].append($0) }
  }
}

/// What was told of one job.
struct Story: Sendable {
  var all: [Observation.What] = []

  var phases: [Phase] {
    all.compactMap { if case .phase(let phase, _) = $0 { phase } else { nil } }
  }
  var reason: String? {
    all.reversed().compactMap { if case .phase(_, let reason) = $0 { reason } else { nil } }.first
  }

  func phases(of node: String) -> [NodePhase] {
    all.compactMap { if case .node(node, let phase, _, _) = $0 { phase } else { nil } }
  }
  func exit(of node: String) -> Int32? {
    all.compactMap { if case .node(node, _, let exit, _) = $0 { exit } else { nil } }.last
  }
  func error(of node: String) -> String? {
    all.compactMap { if case .node(node, _, _, let error) = $0 { error } else { nil } }.last
  }
}
