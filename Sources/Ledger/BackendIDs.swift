import GRDB

/// What became of a backend's id for a job.
package enum Bound: Sendable, Equatable {
  /// The job has it, from now on or for long: which of the backend's jobs under this id it is.
  case bound(attempt: Int64)
  /// The job has another id already, this one: an id is never exchanged.
  case otherwise(String)
  /// There is no job of that number.
  case absent
}

extension Ledger {
  /// Notes under which id the backend knows the job, and that its submit, if one was in doubt, is known. A backend that
  /// forgot its jobs may give an id again: then it is a new attempt, and the old job keeps its own.
  ///
  /// - Parameters:
  ///   - at: milliseconds since 1970: when it was learnt.
  ///   - numberings: who would count the job by this very id; if it is taken in their row, it gets the next one there.
  package func setBackendID(
    _ number: Int64, _ id: String, at: Int64, numberings: [Numbering] = []
  ) async throws(LedgerFault) -> Bound {
    try await write { db in
      let bound = try Self.bind(number, to: id, db)
      if case .bound = bound {
        _ = try Self.advance(number, to: .known, at: at, db)
        for numbering in numberings { try numbering.give(to: number, unlessFree: Int64(id), db) }
      }
      return bound
    }
  }

  static func bind(_ number: Int64, to id: String, _ db: Database) throws -> Bound {
    let look = try db.cachedStatement(sql: "SELECT backend, backend_id, attempt FROM job WHERE number = ?")
    guard let job = try Row.fetchOne(look, arguments: [number]) else { return .absent }
    let backend: Int64 = job[0]
    if let known: String = job[1] { return known == id ? .bound(attempt: job[2]) : .otherwise(known) }
    let latest = try db.cachedStatement(sql: "SELECT max(attempt) FROM job WHERE backend = ? AND backend_id = ?")
    let attempt = 1 + (try Int64.fetchOne(latest, arguments: [backend, id]) ?? 0)
    let bind = try db.cachedStatement(sql: "UPDATE job SET backend_id = ?, attempt = ? WHERE number = ?")
    try bind.execute(arguments: [id, attempt, number])
    return .bound(attempt: attempt)
  }
}
