import Synchronization

/// The tokens that were issued, by their digests: nobody can read one back. Shared by all event loops; a look takes a lock
/// for less than a microsecond.
package final class IssuedTokens: Sendable {
  /// How long tokens live, and how many there may be. Times are milliseconds.
  package struct Rules: Sendable {
    /// When the request says nothing: an hour.
    package var usualLifetime: Int64 = 3_600_000
    /// What a request can get, and gets with 0: ten years.
    package var longestLifetime: Int64 = 10 * 365 * 86_400_000
    /// How long a token may lie unused; nil is for ever.
    package var idle: Int64?
    /// Of one login; beyond it the one that ends first makes room.
    package var perLogin = 1000
    /// Of all.
    package var total = 100_000
    /// How long an expired or revoked token is still called so, before it is simply unknown: a day.
    package var remembered: Int64 = 86_400_000

    /// The usual ones.
    package init() {}
  }

  private struct Book {
    var rules: Rules
    var records: [SecretDigest: TokenRecord]
  }

  private let book: Mutex<Book>

  /// A book of tokens.
  ///
  /// - Parameter records: what was kept from before a restart.
  package init(rules: Rules = Rules(), records: [TokenRecord] = []) {
    let records = Dictionary(records.map { ($0.digest, $0) }, uniquingKeysWith: { _, later in later })
    book = Mutex(Book(rules: rules, records: records))
  }

  /// Goes by other rules from now on. Tokens that are out already keep the end they were given.
  package func adopt(_ rules: Rules) { book.withLock { $0.rules = rules } }

  /// Everything that is known, for whoever keeps it over a restart.
  package var records: [TokenRecord] { book.withLock { Array($0.records.values) } }

  /// What is known of a token.
  enum Finding: Equatable { case valid(login: String), expired, timedOut, revoked, unknown }

  /// Looks a token up; `keepAlive` says that this counts as a use of it.
  func find(_ digest: SecretDigest, keepAlive: Bool, now: Int64) -> Finding {
    book.withLock { book in
      guard let record = book.records[digest] else { return .unknown }
      if record.isRevoked { return .revoked }
      if record.expires <= now { return .expired }
      if let idle = book.rules.idle {
        if now - record.used >= idle { return .timedOut }
        if keepAlive { book.records[digest]?.used = now }
      }
      return .valid(login: record.login)
    }
  }

  /// Makes a token for a login that has shown its password.
  ///
  /// - Parameter lifetime: as `TokenRequest` has it.
  /// - Throws: a fault of kind `invalid` when the label is taken or there are too many tokens.
  func issue(
    _ login: String, lifetime: Int64?, label: String?, now: Int64, using generator: inout some RandomNumberGenerator
  ) throws(CredentialFault) -> (token: String, record: TokenRecord) {
    let token = NewSecret.text(using: &generator)
    guard let digest = SecretDigest(of: token) else {
      throw CredentialFault(.invalid, "No token can be made at the moment.")
    }
    let result = book.withLock { book -> Result<TokenRecord, CredentialFault> in
      let asked = lifetime ?? book.rules.usualLifetime
      let lives = asked == 0 ? book.rules.longestLifetime : min(asked, book.rules.longestLifetime)
      let record = TokenRecord(
        digest: digest, login: login, label: label, issued: now,
        expires: now.addingReportingOverflow(lives).partialValue, used: now)
      if let fault = Self.enter(record, into: &book.records, book.rules, now) { return .failure(fault) }
      return .success(record)
    }
    return (token, try result.get())
  }

  private static func enter(
    _ record: TokenRecord, into book: inout [SecretDigest: TokenRecord], _ rules: Rules, _ now: Int64
  ) -> CredentialFault? {
    if book.count >= rules.total { book = book.filter { $0.value.forgotten(rules) > now } }
    if book.count >= rules.total { book = book.filter { !$0.value.isRevoked && $0.value.expires > now } }
    let living = book.values.filter { $0.login == record.login && !$0.isRevoked && $0.expires > now }
    if let label = record.label, living.contains(where: { $0.label == label }) {
      return TokenRequest.violation("The label is in use by another token.")
    }
    if living.count >= rules.perLogin, let first = living.min(by: { $0.expires < $1.expires }) {
      book[first.digest] = nil
    }
    guard book.count < rules.total else { return CredentialFault(.invalid, "There are too many tokens.") }
    book[record.digest] = record
    return nil
  }

  /// Revokes one token, as it was shown; false when it is unknown.
  package func revoke(token: String) -> Bool {
    guard let digest = SecretDigest(of: token) else { return false }
    return revoke { $0.digest == digest } > 0
  }

  /// Revokes every token of a login; gives their number.
  package func revoke(login: String) -> Int { revoke { $0.login == login } }

  private func revoke(_ fits: (TokenRecord) -> Bool) -> Int {
    book.withLock { book in
      var count = 0
      for record in book.records.values where fits(record) && !record.isRevoked {
        book.records[record.digest]?.isRevoked = true
        count += 1
      }
      return count
    }
  }
}

/// What is kept of an issued token. Times are milliseconds since 1970.
package struct TokenRecord: Sendable, Equatable, Unspoken {
  /// By which the token is known again.
  package var digest: SecretDigest
  /// Whose it is.
  package var login: String
  /// What its holder calls it.
  package var label: String?
  /// When it was made.
  package var issued: Int64
  /// From when on it is not good any more.
  package var expires: Int64
  /// The last use that counted.
  package var used: Int64
  /// Somebody took it back.
  package var isRevoked = false

  /// A record as it was kept.
  package init(
    digest: SecretDigest, login: String, label: String?, issued: Int64, expires: Int64, used: Int64,
    isRevoked: Bool = false
  ) {
    (self.digest, self.login, self.label) = (digest, login, label)
    (self.issued, self.expires, self.used, self.isRevoked) = (issued, expires, used, isRevoked)
  }

  /// From when on nobody needs to know any more that it was there.
  func forgotten(_ rules: IssuedTokens.Rules) -> Int64 { (isRevoked ? min(used, expires) : expires) + rules.remembered }
}
