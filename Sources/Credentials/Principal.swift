import COpenSSL

/// Who asks. Never holds a secret: a key is known by its fingerprint.
package struct Principal: Sendable, Equatable {
  /// The name under which jobs and the log know them.
  package var name: String

  /// A name.
  package init(_ name: String) { self.name = name }

  /// Nobody said who they are.
  package static let anonymous = Principal("anonymous")

  /// Whom a caller claims to be, on a listener that asks for no credentials (`open`): nothing is verified.
  ///
  /// - Parameters:
  ///   - user: the user a signed request names (`X-Ops-UserId`).
  ///   - secret: a token or key, as it was sent; only its fingerprint is kept.
  package static func claimed(user: String?, secret: String?) -> Principal {
    if let user, !user.isEmpty, user.utf8.count <= 200 { return Principal(user) }
    guard let secret, !secret.isEmpty else { return .anonymous }
    return Principal("key-" + fingerprint(secret))
  }

  /// Whom a request claims to be asked by: the user it names, or the secret it holds, in any of the schemes known here.
  ///
  /// - Parameter header: the value of a header by its name in lower case.
  package static func claimed(header: (StaticString) -> String?) -> Principal {
    claimed(user: header("x-ops-userid"), secret: header("authorization") ?? header("x-authentication"))
  }

  /// The first 12 hexadecimal digits of the SHA-256 (FIPS 180-4) of a secret.
  static func fingerprint(_ secret: String) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let bytes = Array(secret.utf8)
    guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else { return "unknown" }
    return digest.prefix(6).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
