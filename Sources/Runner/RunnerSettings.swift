/// What a runner needs to know about its house. Every value is the caller's.
package struct RunnerSettings: Sendable {
  /// The names of the environment variables in which a command finds out about itself.
  package struct Variables: Sendable {
    /// The job's public id.
    package var job: String
    /// The node it runs as.
    package var node: String
    /// The path of the attached file; not set when there is none.
    package var file: String

    /// Names a command can rely on.
    package init(job: String, node: String, file: String) {
      self.job = job
      self.node = node
      self.file = file
    }
  }

  /// Where outputs are kept: a directory, made when missing, readable by its owner only.
  package var outputs: String
  /// Where attached files lie while their job runs: a directory other accounts may pass through, but not list.
  package var attachments: String
  /// The environment every command starts with. The server's own is not handed on.
  package var environment: [(name: String, value: String)]
  /// What the variables are called in which a command finds out about itself.
  package var variables: Variables
  /// The working directory when the order names none.
  package var directory: String
  /// Bytes kept of each channel; the rest is counted and thrown away.
  package var outputLimit: Int
  /// From the polite signal to the one that cannot be refused.
  package var grace: Duration
  /// A shell that knows `-c`, by its path.
  package var shell: String
  /// util-linux's setpriv: lets commands die with the runner, and run as other accounts. nil, or missing: neither.
  package var setpriv: String?

  /// Settings for a runner.
  package init(
    outputs: String, attachments: String, environment: [(name: String, value: String)], variables: Variables,
    directory: String = "/", outputLimit: Int = 1 << 20, grace: Duration = .seconds(10), shell: String = "/bin/sh",
    setpriv: String? = "/usr/bin/setpriv"
  ) {
    self.outputs = outputs
    self.attachments = attachments
    self.environment = environment
    self.variables = variables
    self.directory = directory
    self.outputLimit = max(0, outputLimit)
    self.grace = grace
    self.shell = shell
    self.setpriv = setpriv
  }
}

/// The time, handed in.
package struct RunnerClock: Sendable {
  /// Milliseconds since 1970, UTC.
  package var now: @Sendable () -> Int64
  /// Waits; throws as soon as its task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void

  /// A clock of these two.
  package init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }
}
