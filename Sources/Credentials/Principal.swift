/// Who asks. Never holds a secret: a key that nobody verified is known by its fingerprint.
package struct Principal: Sendable, Equatable {
  /// What kind of caller.
  package enum Kind: String, Sendable, CaseIterable {
    /// A person.
    case user
    /// A program or a node.
    case client
    /// Whom a caller claims to be where nothing is asked.
    case unverified
  }

  /// The name under which jobs and the log know them.
  package var name: String
  /// A person, a program, or nobody verified which.
  package var kind: Kind

  /// A name.
  package init(_ name: String, kind: Kind = .unverified) {
    self.name = name
    self.kind = kind
  }

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
    guard let digest = Array(secret.utf8).withUnsafeBytes({ Hash.sha256.digest($0) }) else { return "unknown" }
    return Hexadecimal.text(digest.prefix(6))
  }
}
