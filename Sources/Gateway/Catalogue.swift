import JobModel
import Ledger
import Synchronization

/// Numbers for what has only a name, for dialects that know packages, clusters and owners by number: assigned by the
/// ledger once, the same for ever, and mirrored here so that an answer need not wait for them.
final class Catalogue: Sendable {
  /// What is numbered.
  enum Kind: String, Sendable {
    case package, cluster, owner
    /// A job of a home backend whose own id does not fit its callers' grammar.
    case job
  }

  private let ledger: Ledger
  private let known = Mutex<[String: Int64]>([:])

  init(ledger: Ledger) { self.ledger = ledger }

  /// The number of a name, if it has been looked up before.
  func number(_ kind: Kind, _ name: String) -> Int64? { known.withLock { $0[key(kind, name)] } }

  /// The number of a name; assigns one at first sight.
  func assign(_ kind: Kind, _ name: String) async throws(LedgerFault) -> Int64 {
    if let number = number(kind, name) { return number }
    let number = try await ledger.assign(kind: kind.rawValue, dialect: "", name: name)
    known.withLock { $0[key(kind, name)] = number }
    return number
  }

  /// Sees to it that every one of these names has a number.
  func assign(_ kind: Kind, _ names: [String]) async throws(LedgerFault) {
    let new = names.filter { number(kind, $0) == nil }
    guard !new.isEmpty else { return }
    let numbers = try await ledger.assign(kind: kind.rawValue, dialect: "", names: new)
    known.withLock { known in for (name, number) in zip(new, numbers) { known[key(kind, name)] = number } }
  }

  /// The name that has a number; nil when none has.
  func name(_ kind: Kind, _ number: Int64) async throws(LedgerFault) -> String? {
    try await ledger.name(kind: kind.rawValue, dialect: "", number: number)
  }

  /// Looks up every name a job needs.
  func prepare(_ names: Names) async throws(LedgerFault) {
    _ = try await assign(.package, names.package)
    _ = try await assign(.cluster, names.cluster)
    _ = try await assign(.owner, names.owner)
  }

  /// What a job's package, cluster and owner are called when no platform has numbered them.
  struct Names: Sendable {
    var package: String
    var cluster: String
    var owner: String

    init(_ job: Job) {
      package = job.text(.command) ?? job.text(.task) ?? "converge " + (job.text(.environment) ?? "")
      cluster = (job.texts(.targets) ?? job.nodeRuns?.map(\.name) ?? []).joined(separator: ",")
      owner = job.text(.owner) ?? ""
    }
  }

  private func key(_ kind: Kind, _ name: String) -> String { kind.rawValue + " " + name }
}
