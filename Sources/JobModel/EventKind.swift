/// What an event of a job says happened. Only what a platform witnessed is an event; none is concluded.
package enum EventKind: UInt8, CaseIterable, Sendable {
  case nodeStarted
  case nodeSucceeded
  case nodeFailed
  /// The node could not be run, or went away.
  case nodeLost
  case nodeSkipped
  case jobStopping
  /// The job ended without coming to its end.
  case jobAborted
  /// The job is over; always the last event.
  case jobFinished
  /// A word nobody knows; the word itself is kept.
  case unknown

  /// The name in mapping files and canonical documents.
  package var name: String {
    switch self {
    case .nodeStarted: "node-started"
    case .nodeSucceeded: "node-succeeded"
    case .nodeFailed: "node-failed"
    case .nodeLost: "node-lost"
    case .nodeSkipped: "node-skipped"
    case .jobStopping: "job-stopping"
    case .jobAborted: "job-aborted"
    case .jobFinished: "job-finished"
    case .unknown: "unknown"
    }
  }
}
