/// Where a job is in its life.
///
/// A partial order that is never walked backwards: accepted, waiting, running, stopping, then one of the phases that
/// are over. `ended` is over with its outcome unread; `unknown` is a word nobody knows, open or over as its dialect says.
@frozen @usableFromInline
package enum Phase: UInt8, CaseIterable, Sendable {
  case accepted
  case waiting
  case running
  case stopping
  /// Ran, and the program says it went well.
  case succeeded
  /// Ran, and the program failed.
  case failed
  /// The platform failed, not the program.
  case crashed
  /// Ended by request.
  case stopped
  /// Ended by its run timeout.
  case expired
  /// Never ran: too few nodes, or none.
  case rejected
  /// Over; the outcome has not been read.
  case ended
  /// A word nobody knows, on a job that may still be going on.
  case unknown
  /// A word nobody knows, from a platform that says such a job is over.
  case unknownOver

  /// Nothing more will happen.
  package var isOver: Bool {
    switch self {
    case .accepted, .waiting, .running, .stopping, .unknown: false
    case .succeeded, .failed, .crashed, .stopped, .expired, .rejected, .ended, .unknownOver: true
    }
  }

  /// Some node was asked to run: a `started` time belongs to the job. A stop may have come earlier.
  package var hasRun: Bool {
    switch self {
    case .running, .stopping, .succeeded, .failed, .crashed, .expired: true
    case .accepted, .waiting, .stopped, .rejected, .ended, .unknown, .unknownOver: false
    }
  }

  /// How far along the order the phase stands; phases that are over share one rank.
  package var rank: UInt8 {
    switch self {
    case .accepted: 0
    case .waiting: 1
    case .running, .unknown: 2
    case .stopping: 3
    case .ended, .unknownOver: 4
    case .succeeded, .failed, .crashed, .stopped, .expired, .rejected: 5
    }
  }

  /// Whether a job in this phase may be seen in `next` afterwards (law 8): only forwards, and what is over is frozen,
  /// except that an outcome may still be learnt for a job that merely `ended`.
  package func mayBecome(_ next: Phase) -> Bool {
    if self == next || (self == .unknown && next == .running) { return true }
    return next.rank > rank
  }

  /// The name in mapping files, canonical documents and logs.
  package var name: String { Phase.names[Int(rawValue)] }

  private static let names = allCases.map { $0 == .unknownOver ? "unknown-over" : "\($0)" }

  /// The phase of that name.
  package init?(name: some StringProtocol) {
    guard let place = Phase.names.firstIndex(where: { $0 == name }) else { return nil }
    self = Phase.allCases[place]
  }
}
