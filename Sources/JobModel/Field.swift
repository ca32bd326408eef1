/// A field of the canonical job. Names are the hub's own; no platform's word is among them.
@frozen @usableFromInline
package enum Field: UInt8, CaseIterable, Sendable {
  // What to run.
  case kind, command, task, parameters, environment, package, variables, dynamicVariables
  // Where.
  case targets, group, query, cluster
  // How.
  case environmentVariables, user, directory, file, fileGiven, noop, concurrency, timeout, quorum, capture
  case description, userdata
  // The job.
  case id, phase, word, reason, created, entered, started, changed, finished, progress, elapsed, errors
  case owner, ownerID, ownerRecord
  // Its relatives: the job that started it, those it started, and the runs before this one.
  case parent, children, attempts
  // Its rows.
  case history, nodes, outputs, events
  // What the gateway knows of the request at hand; never part of a stored job.
  case publicURL, account, offset, limit, total, order, orderBy
  // A node, and whether it could be given work now.
  case placeName, placeConnected
  // What a fault says.
  case faultKind, faultText, faultField

  /// What the slot of a field holds.
  package enum Form: UInt8, Sendable {
    /// The content of a JSON string, still escaped.
    case text
    /// The digits of a JSON number.
    case number
    /// 0 or 1.
    case bool
    /// The raw value of an enumeration of the hub: `WorkKind`, `Phase`, `NodePhase`.
    case word
    /// Milliseconds since 1970, UTC.
    case time
    /// A JSON value as it stood.
    case json
    /// Texts, one a cell.
    case texts
    /// Rows of cells: see `Table`.
    case rows
  }

  /// The name in mapping files, losses and diagnostics.
  package var name: String { Field.names[Int(rawValue)] }

  /// The field of that name.
  package init?(name: String) {
    guard let at = Field.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: UInt8(at))
  }

  /// What its slot holds.
  package var form: Form {
    switch self {
    case .kind, .phase: .word
    case .command, .task, .environment, .group, .user, .directory, .file, .description, .id, .word, .reason, .errors,
      .owner, .parent, .publicURL, .account, .order, .orderBy, .placeName, .faultKind, .faultText, .faultField:
      .text
    case .package, .cluster, .concurrency, .timeout, .quorum, .progress, .elapsed, .ownerID, .attempts, .offset, .limit,
      .total:
      .number
    case .fileGiven, .noop, .capture, .placeConnected: .bool
    case .created, .entered, .started, .changed, .finished: .time
    case .parameters, .variables, .dynamicVariables, .query, .environmentVariables, .userdata, .ownerRecord: .json
    case .targets, .children: .texts
    case .history, .nodes, .outputs, .events: .rows
    }
  }

  /// Fields that change what runs, where, as whom or how safely: losing one is refused, not reported.
  package var isBinding: Bool {
    switch self {
    case .kind, .command, .task, .parameters, .environment, .package, .variables, .dynamicVariables, .targets, .group,
      .query, .cluster, .environmentVariables, .user, .directory, .file, .noop, .timeout, .quorum:
      true
    default: false
    }
  }

  /// Facts about the request at hand and about faults: no dialect has to carry or to excuse them.
  package var isContext: Bool { rawValue >= Field.publicURL.rawValue }

  private static let names: [String] = [
    "work.kind", "work.command", "work.task", "work.parameters", "work.environment", "work.package",
    "work.variables", "work.dynamic-variables",
    "target.nodes", "target.group", "target.query", "target.cluster",
    "run.env", "run.user", "run.dir", "run.file", "run.file-given", "run.noop", "run.concurrency", "run.timeout",
    "run.quorum", "run.capture", "run.description", "run.userdata",
    "job.id", "job.phase", "job.word", "job.reason", "job.created", "job.entered", "job.started", "job.changed",
    "job.finished", "job.progress", "job.elapsed", "job.errors", "job.owner", "job.owner-id", "job.owner-record",
    "job.parent", "job.children", "job.attempts",
    "job.history", "job.nodes", "job.outputs", "job.events",
    "site.public-url", "site.account", "page.offset", "page.limit", "page.total", "page.order", "page.order-by",
    "place.name", "place.connected",
    "fault.kind", "fault.text", "fault.field",
  ]
}
