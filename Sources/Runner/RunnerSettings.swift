import Glibc

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

    /// By which the runner knows its processes again.
    package var mark: String

    /// Names a command can rely on.
    package init(job: String, node: String, file: String, mark: String = "DRAGOMAN_RUN") {
      self.job = job
      self.node = node
      self.file = file
      self.mark = mark
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
  /// util-linux's prlimit: for limits. nil, or missing: who asks for one is refused.
  package var prlimit: String?
  /// OpenSSH's client.
  package var ssh: String
  /// The runner's own directory, made when missing. One runner lives there at a time; its processes are known by it, and
  /// what an earlier one left running is ended when the next one starts. nil for the directory of outputs.
  package var home: String?
  /// A program, and its arguments, that runs `Guardian.stand()` and nothing else. nil for no guardian: then a gateway
  /// that is killed leaves running what the next start of it ends.
  package var guardian: [String]?
  /// What each command may use.
  package var limits: RunnerLimits
  /// How many commands at once, on all nodes together; one more is refused as busy.
  package var concurrency: Int
  /// How long nodes have to say whether they take a job. Who has not is not there.
  package var voteTimeout: Duration

  /// Settings for a runner.
  package init(
    outputs: String, attachments: String, environment: [(name: String, value: String)], variables: Variables,
    directory: String = "/", outputLimit: Int = 1 << 20, grace: Duration = .seconds(10), shell: String = "/bin/sh",
    setpriv: String? = "/usr/bin/setpriv", prlimit: String? = "/usr/bin/prlimit", ssh: String = "/usr/bin/ssh",
    home: String? = nil, guardian: [String]? = nil, limits: RunnerLimits = RunnerLimits(), concurrency: Int = 256,
    voteTimeout: Duration = .seconds(60)
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
    self.prlimit = prlimit
    self.ssh = ssh
    self.home = home
    self.guardian = guardian
    self.limits = limits
    self.concurrency = max(1, concurrency)
    self.voteTimeout = voteTimeout
  }

  /// As they can be had on this machine: absolute paths, no tools that are not there.
  var real: RunnerSettings {
    var settings = self
    if let setpriv, access(setpriv, X_OK) != 0 { settings.setpriv = nil }
    if let prlimit, access(prlimit, X_OK) != 0 { settings.prlimit = nil }
    settings.outputs = Directories.absolute(outputs)
    settings.attachments = Directories.absolute(attachments)
    settings.home = Directories.absolute(home ?? outputs)
    if geteuid() != 0 { settings.limits = limits.within(RunnerLimits.own) }
    return settings
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
