/// Where one node's run of a job is in its life.
@frozen @usableFromInline
package enum NodePhase: UInt8, CaseIterable, Sendable {
  case pending
  case ready
  case running
  case stopping
  case succeeded
  /// Ran and came back with a failure.
  case failed
  /// Went away after its start.
  case lost
  /// Could not be reached before its start.
  case unreachable
  /// Would not take the job: busy, or not allowed to run it.
  case refused
  /// Was ready, but the quorum was missed.
  case withdrawn
  case expired
  case stopped
  /// A word nobody knows, on a job that may still be going on.
  case unknown
  /// A word nobody knows, on a job that is over.
  case unknownOver

  /// Nothing more will happen on this node.
  @inlinable
  package var isOver: Bool {
    switch self {
    case .pending, .ready, .running, .stopping, .unknown: false
    case .succeeded, .failed, .lost, .unreachable, .refused, .withdrawn, .expired, .stopped, .unknownOver: true
    }
  }

  /// The node took the job and began.
  package var hasRun: Bool {
    switch self {
    case .running, .stopping, .succeeded, .failed, .lost, .expired, .stopped: true
    case .pending, .ready, .unreachable, .refused, .withdrawn, .unknown, .unknownOver: false
    }
  }

  /// A job may have succeeded although a node ended so.
  package var isHarmless: Bool { self == .succeeded || self == .refused || self == .unreachable }

  /// How far along the order the phase stands; phases that are over share one rank.
  package var rank: UInt8 {
    switch self {
    case .pending, .unknown: 0
    case .ready: 1
    case .running: 2
    case .stopping: 3
    case .unknownOver: 4
    default: 5
    }
  }

  /// Whether a node in this phase may be seen in `next` afterwards (law 8).
  package func mayBecome(_ next: NodePhase) -> Bool {
    if self == next { return true }
    if next == .unknown { return false }
    return next.rank > rank
  }

  /// The name in mapping files, canonical documents and logs.
  package var name: String { NodePhase.names[Int(rawValue)] }

  private static let names = allCases.map { $0 == .unknownOver ? "unknown-over" : "\($0)" }

  /// The phase of that name.
  package init?(name: some StringProtocol) {
    guard let place = NodePhase.names.firstIndex(where: { $0 == name }) else { return nil }
    self = NodePhase.allCases[place]
  }

  /// What a job's phase says of a node that nothing else is known about.
  package init(impliedBy phase: Phase) {
    switch phase {
    case .accepted: self = .pending
    case .waiting: self = .pending
    case .running: self = .running
    case .stopping: self = .stopping
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .crashed: self = .lost
    case .stopped: self = .stopped
    case .expired: self = .expired
    case .rejected: self = .unreachable
    case .ended: self = .unknownOver
    case .unknown: self = .unknown
    case .unknownOver: self = .unknownOver
    }
  }
}
