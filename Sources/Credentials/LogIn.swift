/// Issuing tokens to whoever knows a password.
extension Gatekeeper {
  /// A new token, and what to keep of it. Takes a fifth of a second, right or wrong: never on an event loop.
  ///
  /// - Parameter now: milliseconds since 1970, UTC.
  /// - Throws: a fault of kind `badCredential` for an unknown login, a wrong password or a revoked user; `invalid` when the
  ///   label is taken or there are too many tokens.
  package func logIn(
    _ request: TokenRequest, now: Int64, using generator: inout some RandomNumberGenerator
  ) throws(CredentialFault) -> (token: String, record: TokenRecord) {
    let entry = directory.named(request.login).first { $0.member.kind == .user }
    let isRight = (entry?.member.password ?? .decoy).fits(request.password)
    guard isRight, let entry, entry.member.password != nil else {
      throw CredentialFault(
        .badCredential, "The login or the password is not right.", word: "puppetlabs.rbac/user-unauthenticated")
    }
    guard !entry.member.isRevoked else { throw Self.revokedUser }
    return try tokens.issue(
      entry.member.name, lifetime: request.lifetime, label: request.label, now: now, using: &generator)
  }
}
