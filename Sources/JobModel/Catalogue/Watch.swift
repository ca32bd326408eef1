/// What happens to a job, for those who want to be told.
package enum JobMoment: String, Sendable, CaseIterable {
  case submitted, started, stopped, succeeded, failed

  /// The moment at which a job enters a phase; nil for a phase that nobody is told of. Whatever ended badly has failed.
  package init?(entering phase: Phase) {
    switch phase {
    case .accepted: self = .submitted
    case .running: self = .started
    case .stopped: self = .stopped
    case .succeeded: self = .succeeded
    case .failed, .crashed, .expired, .rejected: self = .failed
    case .waiting, .stopping, .ended, .unknown, .unknownOver: return nil
    }
  }
}

/// Somebody who is told what becomes of one job.
package struct Watcher: Sendable, Equatable {
  /// The principal's name.
  package let principal: String
  /// The job's number.
  package let job: Int64
  /// Since when, in milliseconds since 1970, UTC.
  package let since: Int64

  /// A watcher of a job.
  package init(principal: String, job: Int64, since: Int64) {
    self.principal = principal
    self.job = job
    self.since = since
  }

  /// A watcher is told how the job ended, and nothing on the way.
  package func wants(_ moment: JobMoment) -> Bool {
    switch moment {
    case .submitted, .started: false
    case .stopped, .succeeded, .failed: true
    }
  }
}

/// An address that is told what becomes of all jobs of an account.
package struct Hook: Sendable, Equatable {
  /// Its id among the site's hooks.
  package let id: String
  /// What people call it.
  package let name: String
  /// Where it is told: an `https` or `http` URL.
  package let url: String
  /// The moments it is told of; empty is all.
  package let moments: Set<JobMoment>
  /// A hook that is not active is told nothing, and is kept.
  package let isActive: Bool

  /// A hook.
  package init(id: String, name: String, url: String, moments: Set<JobMoment> = [], isActive: Bool = true) {
    self.id = id
    self.name = name
    self.url = url
    self.moments = moments
    self.isActive = isActive
  }

  /// Whether it is told of a moment.
  package func wants(_ moment: JobMoment) -> Bool { isActive && (moments.isEmpty || moments.contains(moment)) }
}
