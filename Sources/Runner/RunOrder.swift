/// What to run, where and how: a submit that the gateway has understood, with every default already made real.
package struct RunOrder: Sendable {
  /// The ledger's number: what observations and outputs are filed under.
  package var job: Int64
  /// The id as the outside knows it; the command finds it in its environment.
  package var id: String
  /// As the caller said it; the whitelist knows what it is.
  package var command: String
  /// In the caller's order, without repetitions.
  package var nodes: [String]
  /// The account to run as; nil for the runner's own.
  package var user: String?
  /// The working directory, absolute; nil for the runner's default.
  package var directory: String?
  /// Added to the settings' environment; the later of equal names wins.
  package var environment: [(name: String, value: String)]
  /// A file for the command; it finds the path in its environment.
  package var file: [UInt8]?
  /// Seconds from the start of the run to its end by force. 0 or less: over before anything is started.
  package var runTimeout: Int64
  /// How many nodes must be ready; nil for all of them.
  package var quorum: Int?
  /// Whether what the command prints is kept.
  package var capture: Bool

  /// An order.
  package init(
    job: Int64, id: String, command: String, nodes: [String], user: String? = nil, directory: String? = nil,
    environment: [(name: String, value: String)] = [], file: [UInt8]? = nil, runTimeout: Int64, quorum: Int? = nil,
    capture: Bool = false
  ) {
    self.job = job
    self.id = id
    self.command = command
    self.nodes = nodes
    self.user = user
    self.directory = directory
    self.environment = environment
    self.file = file
    self.runTimeout = runTimeout
    self.quorum = quorum
    self.capture = capture
  }
}
