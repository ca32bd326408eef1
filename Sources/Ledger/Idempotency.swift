import GRDB

/// A caller's own name for one request, so that its repeat makes no second job.
package struct IdempotencyKey: Sendable, Equatable {
  /// What the caller named it. Names of different dialects, scopes and principals never meet.
  package var key: String
  /// A digest of the request: the same name for another request is a mistake of the caller's.
  package var digest: [UInt8]
  /// Names given before this time bind nobody any more: milliseconds since 1970, UTC.
  package var since: Int64

  /// A caller's name for a request.
  package init(key: String, digest: [UInt8], since: Int64) {
    self.key = key
    self.digest = digest
    self.since = since
  }
}

/// What became of a job with an idempotency key. The numbers are the job's.
package enum CreatedOnce: Sendable, Equatable {
  /// It was new.
  case created(Int64)
  /// The same request made this job before.
  case repeated(Int64)
  /// Another request made this job under the same key: nothing was done.
  case differs(Int64)
}

extension Ledger {
  /// Like `create`, but at most once for a key. Of many who ask at the same moment one creates, the others repeat.
  ///
  /// - Parameter also: other names of the same request; whichever is known decides, the first first.
  package func createOnce(
    _ new: NewJob, key: IdempotencyKey, also: [IdempotencyKey] = [], obligations: [Obligation] = [],
    mark: String? = nil,
    document: @escaping @Sendable (Int64) throws -> [UInt8]
  ) async throws(LedgerFault) -> CreatedOnce {
    try await write { db in
      let look = try db.cachedStatement(
        sql: """
          SELECT job, digest FROM idempotency
          WHERE dialect = ? AND scope = ? AND principal = ? AND key = ? AND at >= ?
          """)
      let keys = [key] + also
      for key in keys {
        if let known = try Row.fetchOne(look, arguments: [new.dialect, new.scope, new.principal, key.key, key.since]) {
          return try known.bytes(1) == key.digest ? .repeated(known[0]) : .differs(known[0])
        }
      }
      let number = try Self.insert(new, obligations, mark, document, db)
      let bind = try db.cachedStatement(
        sql: """
          INSERT INTO idempotency (dialect, scope, principal, key, job, digest, at) VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET job = excluded.job, digest = excluded.digest, at = excluded.at
          """)
      for key in keys {
        try bind.execute(arguments: [
          new.dialect, new.scope, new.principal, key.key, number, key.digest.blob, new.created,
        ])
      }
      return .created(number)
    }
  }
}
