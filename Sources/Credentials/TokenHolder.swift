import Wire

/// Callers who show a token, a key or a certificate.
extension Gatekeeper {
  /// `X-Authentication`, then `token` in the query, then the certificate: the first that is there decides.
  func tokenHolder(_ call: some Call, _ now: Int64) throws(CredentialFault) -> Evidence.Holder {
    if let token = call.filled("x-authentication") { return try holder(of: ShownToken(token), now) }
    if !call.queryBytes.isEmpty, let token = Query(call.queryBytes).value("token"), !token.isEmpty {
      return try holder(of: Array(token.utf8).withUnsafeBytes { ShownToken($0) }, now)
    }
    guard let name = call.certificateName, let entry = directory.owner(ofCertificate: name) else {
      throw CredentialFault(
        .noCredential, "Route requires authentication", word: "puppetlabs.rbac/user-unauthenticated")
    }
    guard !entry.member.isRevoked else { throw Self.revokedUser }
    return .known(entry)
  }

  /// The holder of a token.
  private func holder(of token: ShownToken, _ now: Int64) throws(CredentialFault) -> Evidence.Holder {
    guard let digest = token.digest else { throw Self.unknownToken }
    if let entry = directory.owner(ofToken: digest) {
      guard !entry.member.isRevoked else { throw Self.revokedUser }
      return .known(entry)
    }
    switch tokens.find(digest, keepAlive: !token.isQuiet, now: now) {
    case .valid(let login):
      guard let entry = directory.named(login).first(where: { $0.member.kind == .user }) else {
        throw Self.unknownToken
      }
      guard !entry.member.isRevoked else { throw Self.revokedUser }
      return .issued(entry)
    case .expired:
      throw CredentialFault(
        .badCredential, "The provided token has expired.", word: "puppetlabs.rbac/token-expired")
    case .timedOut:
      throw CredentialFault(
        .badCredential, "The provided token has timed out.", word: "puppetlabs.rbac/token-timed-out")
    case .revoked:
      throw CredentialFault(
        .badCredential, "Authentication token has been revoked.", word: "puppetlabs.rbac/token-revoked")
    case .unknown: throw Self.unknownToken
    }
  }

  /// The key as the user name of Basic authentication. Some clients send it without the colon that RFC 7617 asks for; a
  /// password behind the colon is not accepted.
  func keyHolder(_ call: some Call) throws(CredentialFault) -> Directory.Entry {
    guard let header = call.filled("authorization") else {
      throw CredentialFault(.noCredential, "An API key is required.")
    }
    let invalid = CredentialFault(.badCredential, "The API key is not valid.")
    guard let text = Self.parameter(header, of: "basic"), text.count <= ShownToken.longest,
      var key = Base64.decode(text)
    else { throw invalid }
    if key.last == UInt8(ascii: ":") { key.removeLast() }
    guard !key.isEmpty, let digest = key.withUnsafeBytes({ SecretDigest(of: $0) }),
      let entry = directory.owner(ofAPIKey: digest), !entry.member.isRevoked
    else { throw invalid }
    return entry
  }

  /// `Authorization: Bearer`, with a token of the configuration or an issued one.
  func bearer(_ call: some Call, _ now: Int64) throws(CredentialFault) -> Evidence.Holder {
    guard let header = call.filled("authorization") else {
      throw CredentialFault(.noCredential, "a bearer token is required")
    }
    guard let token = Self.parameter(header, of: "bearer") else {
      throw CredentialFault(.badCredential, "the Authorization header holds no bearer token")
    }
    return try plainHolder(of: token, "the bearer token is unknown, expired or revoked", now)
  }

  /// A token in a header of its own, and in another whose it is. The name alone proves nothing, a wrong one is refused.
  func userAndToken(_ call: some Call, _ now: Int64) throws(CredentialFault) -> Evidence.Holder {
    guard let token = call.filled("x-slurm-user-token") else {
      throw CredentialFault(.noCredential, "a token is required")
    }
    let invalid = "the token is unknown, expired or revoked"
    let holder = try plainHolder(of: token, invalid, now)
    if let user = call.filled("x-slurm-user-name"), !(holder.name ?? "").utf8.elementsEqual(user) {
      throw CredentialFault(.badCredential, invalid)
    }
    return holder
  }

  /// The holder of a token; every refusal in the words of nobody's platform.
  private func plainHolder(
    of token: UnsafeRawBufferPointer, _ text: String, _ now: Int64
  ) throws(CredentialFault) -> Evidence.Holder {
    do throws(CredentialFault) { return try holder(of: ShownToken(token), now) } catch {
      throw CredentialFault(error.kind, text)
    }
  }

  /// What follows the scheme's name, which is compared without regard to case, and its blanks (RFC 9110 §11.4); nil for
  /// another scheme.
  private static func parameter(_ header: UnsafeRawBufferPointer, of scheme: StaticString) -> UnsafeRawBufferPointer? {
    let length = scheme.utf8CodeUnitCount
    guard header.count > length, header[length] == UInt8(ascii: " ") else { return nil }
    for index in 0..<length where header[index] | 0x20 != scheme.utf8Start[index] { return nil }
    let rest = header.dropFirst(length).drop { $0 == UInt8(ascii: " ") }
    return rest.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: rest)
  }

  private static let unknownToken = CredentialFault(
    .badCredential, "The provided token is not valid.", word: "puppetlabs.rbac/invalid-token")

  static let revokedUser = CredentialFault(
    .badCredential, "The user account has been revoked.", word: "puppetlabs.rbac/user-revoked")
}

/// A token as a request shows it.
struct ShownToken {
  /// Nil for what is too long to be one.
  let digest: SecretDigest?
  /// It is not to count as a use: the suffix `|no_keepalive`, which is no part of the token.
  let isQuiet: Bool

  init(_ shown: UnsafeRawBufferPointer) {
    let suffix = "|no_keepalive".utf8
    isQuiet = shown.count > suffix.count && shown.suffix(suffix.count).elementsEqual(suffix)
    let token = UnsafeRawBufferPointer(rebasing: shown.dropLast(isQuiet ? suffix.count : 0))
    digest = token.count <= Self.longest ? SecretDigest(of: token) : nil
  }

  /// Bytes of a token that are looked at.
  static let longest = 4096
}
