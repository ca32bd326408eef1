import Ledger

/// A job's id at its platform, and what it is called by those whose ids cannot hold that.
extension Site {
  /// Notes the platform's id of a job, durably. False when the job has another one already, or is none.
  func bind(_ number: Int64, to id: String, of backend: Int64) async throws(LedgerFault) -> Bool {
    let numberings = try await numberings(ofJobOn: backend, isBound: true)
    guard case .bound = try await ledger.setBackendID(number, id, at: now(), numberings: numberings) else {
      return false
    }
    if let home = backends[backend] {
      try await catalogue([id], of: home)
      if let given = Int64(id) {
        for (dialect, own) in homes where own.number == backend { core.rows.note(given, in: dialect) }
      }
    }
    try await store.named(number)
    return true
  }

  /// Sees to it that a home's ids have numbers, if some of its callers' ids are numbers and its own are not.
  func catalogue(_ ids: [String], of home: Backend) async throws(LedgerFault) {
    guard home.dialect.hasHexIDs,
      dialects.contains(where: { homes[$0.codec.dialect.name]?.number == home.number && $0.codec.dialect.hasNumberIDs })
    else { return }
    try await catalogue.assign(.job, ids.map(home.catalogued))
  }
}
