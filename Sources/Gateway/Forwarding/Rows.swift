import JobModel
import Ledger
import Mapping
import Synchronization

/// What is known of the rows of numbers by which some dialects' callers count jobs (`Numbering`). Where nothing else is said,
/// a dialect's numbers are the ledger's own, which have no gaps; a row begins with the first job that runs elsewhere than
/// at home, behind the home's highest number, and goes on for ever.
final class Rows: Sendable {
  private struct State {
    var begun: Set<String> = []
    var taken: [String: Int64] = [:]
    var asked: Set<String> = []
  }

  private let state = Mutex(State())

  /// Notes which rows have begun.
  func load(_ dialects: [String], _ ledger: Ledger) async throws(LedgerFault) {
    for dialect in dialects where try await ledger.lastNumber(in: dialect) != nil { begin(dialect) }
  }

  /// Whether a dialect's callers know jobs by a row.
  func hasBegun(_ dialect: Dialect) -> Bool {
    dialect.countsJobs && state.withLock { $0.begun.contains(dialect.name) }
  }

  func begin(_ dialect: String) { state.withLock { _ = $0.begun.insert(dialect) } }

  /// Notes that a home has a job of this number.
  func note(_ number: Int64, in dialect: String) {
    state.withLock { $0.taken[dialect] = max($0.taken[dialect] ?? 0, number) }
  }

  fileprivate func taken(_ dialect: String) -> Int64? {
    state.withLock { $0.asked.contains(dialect) ? $0.taken[dialect] ?? 0 : nil }
  }

  fileprivate func asked(_ dialect: String) { state.withLock { _ = $0.asked.insert(dialect) } }
}

extension Site {
  /// The rows in which a job has a place of its own: a new one that runs on `backend`, or one of a home, which keeps its id
  /// as long as that is free.
  func numberings(ofJobOn backend: Int64, isBound: Bool) async throws(LedgerFault) -> [Numbering] {
    var found: [Numbering] = []
    for spoken in dialects where spoken.codec.dialect.countsJobs {
      let dialect = spoken.codec.dialect.name
      let home = homes[dialect].flatMap { $0.dialect.hasNumberIDs ? $0 : nil }
      let isHome = home?.number == backend
      let hasBegun = core.rows.hasBegun(spoken.codec.dialect)
      guard home != nil || hasBegun, isHome == isBound || home == nil else { continue }
      guard !isHome || hasBegun else { continue }
      found.append(Numbering(dialect: dialect, taken: try await taken(dialect, home)))
    }
    return found
  }

  /// A job at home of which nobody knows what became: it has no id there, but its callers see it.
  func number(doubt number: Int64, on backend: Int64) async {
    do throws(LedgerFault) {
      let numberings = try await numberings(ofDoubtOn: backend)
      try await ledger.number(number, in: numberings)
      begin(numberings)
      try await store.named(number)
    } catch { log.error("a job in doubt has no number", metadata: ["job": "\(number)", "fault": "\(error.kind)"]) }
  }

  private func numberings(ofDoubtOn backend: Int64) async throws(LedgerFault) -> [Numbering] {
    var found: [Numbering] = []
    for spoken in dialects where spoken.codec.dialect.countsJobs {
      let dialect = spoken.codec.dialect.name
      guard let home = homes[dialect], home.number == backend, home.dialect.hasNumberIDs else { continue }
      found.append(Numbering(dialect: dialect, taken: try await taken(dialect, home)))
    }
    return found
  }

  /// Notes that rows have begun: from now on they say what callers see.
  func begin(_ numberings: [Numbering]) { for numbering in numberings { core.rows.begin(numbering.dialect) } }

  /// The highest number that a dialect's home has given; the home itself is asked once.
  private func taken(_ dialect: String, _ home: Backend?) async throws(LedgerFault) -> Int64 {
    if let known = core.rows.taken(dialect) { return known }
    guard let home else { return 0 }
    core.rows.note(try await ledger.highestID(of: home.number), in: dialect)
    if var list = PlatformList(home, account: home.part.account ?? "", .ours()) {
      switch await list.next() {
      case .success(let page):
        let job = Job()
        for range in page?.ranges ?? [] where page.map({ list.read(range, of: $0, into: job) }) ?? false {
          if let id = job.text(.id).flatMap({ Int64($0) }) { core.rows.note(id, in: dialect) }
        }
        core.rows.asked(dialect)
      case .failure(let failure):
        log.warning(
          "the home cannot be asked for its highest number",
          metadata: ["backend": "\(home.name)", "fault": "\(failure.fault.text)"])
      }
    }
    if let known = core.rows.taken(dialect) { return known }
    return try await ledger.highestID(of: home.number)
  }
}
