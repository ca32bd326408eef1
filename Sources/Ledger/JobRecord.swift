import GRDB
import JobModel

/// What is known of a job before it has a number.
package struct NewJob: Sendable {
  /// The dialect of the front it came in by.
  package var dialect: String
  /// The organization or account it belongs to.
  package var scope: String
  /// Who asked for it.
  package var principal: String
  /// The backend that owns it, for ever.
  package var backend: Int64
  /// The backend's own id, when it is known already.
  package var backendID: String?
  /// Where it begins; `accepted` unless it comes from somewhere else.
  package var phase: Phase
  /// When it was accepted: milliseconds since 1970, UTC.
  package var created: Int64
  /// Who counts it by numbers of their own.
  package var numberings: [Numbering] = []

  /// A job to be written down.
  package init(
    dialect: String, scope: String, principal: String, backend: Int64, backendID: String? = nil,
    phase: Phase = .accepted, created: Int64
  ) {
    self.dialect = dialect
    self.scope = scope
    self.principal = principal
    self.backend = backend
    self.backendID = backendID
    self.phase = phase
    self.created = created
  }
}

/// A job as the ledger holds it. Times are milliseconds since 1970, UTC.
package struct JobRecord: Sendable, Equatable {
  /// The ledger's number for it, which is never given twice.
  package let number: Int64
  /// The dialect of the front it came in by.
  package let dialect: String
  /// The organization or account it belongs to.
  package let scope: String
  /// Who asked for it.
  package let principal: String
  /// The backend that owns it.
  package let backend: Int64
  /// The backend's own id; nil while it is not known.
  package let backendID: String?
  /// Which of the jobs that the backend knew under that id: 1 for the first. Backends forget, and count anew.
  package let attempt: Int64
  /// Where it stands.
  package let phase: Phase
  /// When it was accepted.
  package let created: Int64
  /// When its document was last written. Never earlier than before, whatever the clock did.
  package let changed: Int64
  /// When it was over, never before it was accepted; nil while it is open.
  package let finished: Int64?
  /// Its number in the row of a dialect, where it has one there.
  package let rowNumbers: [String: Int64]
  /// The canonical document as the gateway wrote it.
  package let document: [UInt8]

  static let columns = """
    number, dialect, scope, principal, backend, backend_id, attempt, phase, created, changed, finished, document,
    (SELECT group_concat(dialect || '=' || number) FROM front_number WHERE job = job.number)
    """

  init(_ row: Row) throws {
    number = row[0]
    dialect = row[1]
    scope = row[2]
    principal = row[3]
    backend = row[4]
    backendID = row[5]
    attempt = row[6]
    phase = Phase(stored: row[7])
    created = row[8]
    changed = row[9]
    finished = row[10]
    document = try row.bytes(11) ?? []
    rowNumbers = Numbering.parse(row[12])
  }
}

/// One entry of a job's phase history.
package struct HistoryEntry: Sendable, Equatable {
  /// 1 for the first.
  package let sequence: Int64
  /// The phase that was entered.
  package let phase: Phase
  /// When the phase was entered: milliseconds since 1970, UTC.
  package let at: Int64
}

extension Phase {
  /// Phases are stored by name: their numbers may move when one is added.
  init(stored name: String) { self = Phase(name: name) ?? .unknown }
}
