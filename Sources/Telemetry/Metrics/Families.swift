/// The families of the gateway. Labels hold names that an operator or this program chose, never a client.
extension Family {
  // MARK: Requests

  /// `operation` is the mapping's; `none` where no operation was found, and `dialect` likewise.
  package static let requests = Family(
    .counter, "dragoman_requests_total", "Requests answered.", labels: ["dialect", "operation", "status"])

  /// From the whole request to its answer, without the network.
  package static let requestDuration = Family(
    .histogram, "dragoman_request_duration_seconds", "Time from a whole request to its answer.", unit: .seconds,
    labels: ["dialect", "operation"])

  /// `field` is a field of the hub, `foreign` for all members that the hub has no word for.
  package static let losses = Family(
    .counter, "dragoman_losses_total", "Fields of requests that were narrowed, dropped or refused on their way.",
    labels: ["field", "disposition"])

  /// By the kinds of `Fault`.
  package static let faults = Family(
    .counter, "dragoman_faults_total", "Requests answered with a fault.", labels: ["kind"])

  // MARK: Backends

  /// `result` is `ok` or a kind of `Fault`: an answer that says no such job is no sick backend.
  package static let backendCalls = Family(
    .counter, "dragoman_backend_calls_total", "Calls to platforms.", labels: ["backend", "operation", "result"])

  /// From the call to the end of its answer, or its failure.
  package static let backendDuration = Family(
    .histogram, "dragoman_backend_call_duration_seconds", "Time that calls to platforms take.", unit: .seconds,
    labels: ["backend"])

  // MARK: Jobs

  /// Counted when the ledger has the job.
  package static let jobsSubmitted = Family(
    .counter, "dragoman_jobs_submitted_total", "Jobs accepted.", labels: ["dialect", "backend"])

  /// `phase` is the one that the job ended in.
  package static let jobsEnded = Family(
    .counter, "dragoman_jobs_ended_total", "Jobs that are over.", labels: ["backend", "phase"])

  /// Jobs not over.
  package static let jobsOpen = Family(.gauge, "dragoman_jobs_open", "Jobs that are not over.", labels: ["backend"])

  /// Submits of which nobody knows whether they arrived.
  package static let jobsInDoubt = Family(
    .gauge, "dragoman_jobs_in_doubt", "Submits of which it is not known whether the backend has them.",
    labels: ["backend"])

  // MARK: Connections and loops

  /// Open now.
  package static let connections = Family(.gauge, "dragoman_connections", "Connections open.", labels: ["listener"])

  /// Streams of HTTP/2 and requests of HTTP/1.1.
  package static let streams = Family(
    .gauge, "dragoman_streams", "Requests being read or answered.", labels: ["listener"])

  /// Since the start.
  package static let connectionsAccepted = Family(
    .counter, "dragoman_connections_accepted_total", "Connections accepted.", labels: ["listener"])

  /// Since the start.
  package static let connectionsTurnedAway = Family(
    .counter, "dragoman_connections_turned_away_total", "Connections closed at once because there were too many.",
    labels: ["listener"])

  /// Since the start.
  package static let connectionTimeouts = Family(
    .counter, "dragoman_connection_timeouts_total", "Connections ended because nothing moved.", labels: ["listener"])

  /// Since the start.
  package static let violations = Family(
    .counter, "dragoman_protocol_violations_total",
    "Requests and connections ended for breaking the protocol or a limit.",
    labels: ["listener"])

  /// Since the start.
  package static let handshakes = Family(
    .counter, "dragoman_tls_handshakes_total", "TLS handshakes completed.", labels: ["listener"])

  /// Since the start.
  package static let handshakesFailed = Family(
    .counter, "dragoman_tls_handshake_failures_total", "TLS handshakes that failed.", labels: ["listener"])

  /// Before TLS.
  package static let received = Family(
    .counter, "dragoman_received_bytes_total", "Bytes read from clients.", unit: .bytes, labels: ["listener"])

  /// Before TLS.
  package static let sent = Family(
    .counter, "dragoman_sent_bytes_total", "Bytes written to clients.", unit: .bytes, labels: ["listener"])

  /// When the metrics were asked for.
  package static let loopLag = Family(
    .gauge, "dragoman_loop_lag_seconds", "How long an event loop took to come to something new.", unit: .seconds,
    labels: ["loop"])

  // MARK: Ledger and runner

  /// Group commits: one may hold many writes.
  package static let ledgerCommits = Family(
    .counter, "dragoman_ledger_commits_total", "Transactions that are on disk.")

  /// Divided by the commits: what a sync costs.
  package static let ledgerCommitSeconds = Family(
    .counter, "dragoman_ledger_commit_seconds_total", "Time that those transactions took to be synced.",
    unit: .seconds)

  /// Writes that shared those commits.
  package static let ledgerWrites = Family(.counter, "dragoman_ledger_writes_total", "Writes committed.")

  /// By the kinds of `LedgerFault`.
  package static let ledgerFaults = Family(
    .counter, "dragoman_ledger_faults_total", "Reads and writes of the ledger that failed.", labels: ["kind"])

  /// `file` is `database` or `wal`.
  package static let ledgerSize = Family(
    .gauge, "dragoman_ledger_size_bytes", "Size of the ledger's files.", unit: .bytes, labels: ["file"])

  /// Runs, not all of their children.
  package static let runnerProcesses = Family(
    .gauge, "dragoman_runner_processes", "Commands that the embedded runner is running.")

  /// Votes.
  package static let runnerBusy = Family(
    .counter, "dragoman_runner_busy_refusals_total", "Nodes that voted no because they were busy.")

  // MARK: The server

  /// Always 1.
  package static let build = Family(
    .gauge, "dragoman_build_info", "Which program this is; always 1.", labels: ["version"])

  /// `result` is `ok` or `refused`.
  package static let reloads = Family(
    .counter, "dragoman_configuration_reloads_total", "Configurations taken up or refused.", labels: ["result"])

  /// Of the configuration that is in force.
  package static let reloadTime = Family(
    .gauge, "dragoman_configuration_last_reload_timestamp_seconds",
    "When the configuration in force was taken up, in seconds since 1970.", unit: .seconds)

  /// 1 or 0.
  package static let reloadSuccessful = Family(
    .gauge, "dragoman_configuration_last_reload_successful", "Whether the last configuration was taken up.")

  /// `log` is `access` or `audit`.
  package static let linesDropped = Family(
    .counter, "dragoman_log_lines_dropped_total", "Lines that the log's writer could not keep up with.",
    labels: ["log"])

  /// 1 or 0.
  package static let logFailing = Family(
    .gauge, "dragoman_log_failing", "Whether the log's file cannot be written now.", labels: ["log"])

  /// Written by the registry itself.
  static let seriesRefused = Family(
    .counter, "dragoman_series_refused_total", "Series that did not fit and are not counted.")

  // MARK: The process, by the names that all exporters use

  /// User and system.
  static let processCPU = Family(
    .counter, "process_cpu_seconds_total", "User and system time spent.", unit: .seconds)
  static let processResident = Family(
    .gauge, "process_resident_memory_bytes", "Resident memory.", unit: .bytes)
  static let processVirtual = Family(
    .gauge, "process_virtual_memory_bytes", "Virtual memory.", unit: .bytes)
  static let processOpenFiles = Family(.gauge, "process_open_fds", "Open file descriptors.")
  static let processMostFiles = Family(.gauge, "process_max_fds", "The most file descriptors that may be open.")
  static let processStart = Family(
    .gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.", unit: .seconds)
}
