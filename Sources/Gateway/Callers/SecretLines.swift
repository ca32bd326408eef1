import Credentials

/// The lines by which a configuration knows secrets.
package enum SecretLines {
  /// A new token or API key, and its digest.
  package static func token() -> [String] {
    var generator = SystemRandomNumberGenerator()
    let token = NewSecret.text(using: &generator)
    return [token] + [SecretDigest(of: token)?.line].compactMap { $0 }
  }

  /// The digest of a token or API key.
  ///
  /// - Throws: what is wrong with it, in words for people.
  package static func digest(of secret: String) throws -> String { try SecretDigest(content: Array(secret.utf8)).line }

  /// The line for a password.
  ///
  /// - Throws: what is wrong with it, in words for people.
  package static func password(_ password: String) throws -> String {
    var generator = SystemRandomNumberGenerator()
    return try PasswordHash.line(for: password, using: &generator)
  }
}
