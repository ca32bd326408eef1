/// One thing somebody saw happen to a job: what a runner or a backend reports, in the order it happened.
package struct Observation: Sendable, Equatable {
  /// The job's number in the ledger.
  package var job: Int64
  /// When it was seen: milliseconds since 1970, UTC.
  package var at: Int64
  /// What was seen.
  package var what: What

  /// What was seen: a phase of the job, or of one of its nodes.
  package enum What: Sendable, Equatable {
    /// The job entered a phase; `reason` is a sentence for people.
    case phase(Phase, reason: String?)
    /// A node entered a phase. `exit` is the program's exit code, `error` a sentence for people.
    case node(String, NodePhase, exit: Int32?, error: String?)
  }

  /// An observation of `job` at a time.
  package init(job: Int64, at: Int64, what: What) {
    self.job = job
    self.at = at
    self.what = what
  }
}
