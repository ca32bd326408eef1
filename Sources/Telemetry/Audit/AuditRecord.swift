/// What the audit log says of one submit or stop: who asked for what, where it went, and what came of it.
package struct AuditRecord: Sendable {
  /// What was asked for.
  package enum Action: Sendable { case submit, stop }

  /// What came of it.
  package enum Outcome: Sendable, Equatable {
    case accepted
    /// With the kind of fault that the caller heard of.
    case refused(String)
  }

  /// In milliseconds since 1970.
  package var time: Int64
  package var request: RequestID
  package var trace: TraceContext
  package var action: Action
  package var outcome: Outcome
  package var principal = ""
  /// The address without the port.
  package var remote = ""
  /// The kind of credentials, never the credentials: `open`, `signature`, `token`.
  package var credentials = ""
  package var dialect = ""
  package var operation = ""
  /// The kind of work: a command, a task.
  package var kind = ""
  /// The command line, the task's or the package's name. No more than its first word is written.
  package var command = ""
  /// How many nodes were asked for.
  package var targets: Int?
  package var backend = ""
  package var job: Int64?
  /// Where it runs; no more than `AuditRecord.mostNodes` are written.
  package var nodes: [String] = []

  /// The most nodes that a line names.
  package static let mostNodes = 100

  /// A record with nothing but what every one has.
  package init(time: Int64, request: RequestID, trace: TraceContext, action: Action, outcome: Outcome) {
    self.time = time
    self.request = request
    self.trace = trace
    self.action = action
    self.outcome = outcome
  }

  /// The word that says what a command line runs. Words of the form NAME=VALUE before it are passed over, for a value may
  /// be a secret; so is a line that has nothing else.
  static func firstWord(_ command: String) -> String {
    var rest = command.utf8.prefix(4096)
    while true {
      rest = rest.drop { $0 <= UInt8(ascii: " ") }
      let word = rest.prefix { $0 > UInt8(ascii: " ") }
      if !word.contains(UInt8(ascii: "=")) { return String(decoding: word, as: UTF8.self) }
      rest = rest[word.endIndex...]
    }
  }
}

extension Line {
  func write(_ record: borrowing AuditRecord, dropped: Int) {
    write(at: record.time) { text in
      text.member(",\"action\":", plain: record.action == .submit ? "submit" : "stop")
      text.outcome(record.outcome)
      text.member(",\"principal\":", record.principal)
      text.member(",\"remote\":", record.remote)
      text.member(",\"credentials\":", record.credentials)
      text.member(",\"dialect\":", record.dialect)
      text.member(",\"operation\":", record.operation)
      text.member(",\"kind\":", record.kind)
      text.member(",\"command\":", AuditRecord.firstWord(record.command))
      if let targets = record.targets { text.member(",\"targets\":", Int64(targets)) }
      text.member(",\"backend\":", record.backend)
      if let job = record.job { text.member(",\"job\":", job) }
      if !record.nodes.isEmpty { text.nodes(record.nodes) }
      text.member(",\"request\":", record.request)
      text.member(",\"trace\":", hex: record.trace.trace)
      if dropped > 0 { text.member(",\"dropped\":", Int64(dropped)) }
    }
  }
}

extension LineText {
  fileprivate mutating func outcome(_ outcome: AuditRecord.Outcome) {
    switch outcome {
    case .accepted: member(",\"outcome\":", plain: "accepted")
    case .refused(let fault):
      member(",\"outcome\":", plain: "refused")
      member(",\"fault\":", fault)
    }
  }

  fileprivate mutating func nodes(_ nodes: [String]) {
    put(",\"nodes\":[")
    for (index, node) in nodes.prefix(AuditRecord.mostNodes).enumerated() {
      if index > 0 { put(",") }
      quoted(node)
    }
    put("]")
    if nodes.count > AuditRecord.mostNodes { member(",\"more_nodes\":", Int64(nodes.count - AuditRecord.mostNodes)) }
  }
}
