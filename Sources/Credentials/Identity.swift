/// Somebody who may call, as the configuration names them, and what they are known by.
package struct Identity: Sendable, Unspoken {
  /// What signed callers call themselves, and what jobs and the log show.
  package var name: String
  /// A person or a program; one of each may share a name.
  package var kind: Principal.Kind
  /// The organizations and accounts they belong to; `*` is all.
  package var accounts: Set<String> = []
  /// For signed headers. Any of them will do.
  package var keys: [PublicKey] = []
  /// Of tokens that do not expire, for the token and the bearer scheme.
  package var tokens: [SecretDigest] = []
  /// Of API keys.
  package var apiKeys: [SecretDigest] = []
  /// For asking for a token; nil when they cannot.
  package var password: PasswordHash?
  /// Common names of client certificates.
  package var certificates: [String] = []
  /// Nil leaves everything to the platform's own rules; a list is all that is allowed.
  package var permissions: [Permission]?
  /// A revoked principal is known, and turned away.
  package var isRevoked = false

  /// Somebody by name, still without a way to show who they are.
  package init(_ name: String, kind: Principal.Kind = .user) {
    self.name = name
    self.kind = kind
  }
}

/// Principals under one name: within an organization, as signed callers know it, or everywhere.
package struct Group: Sendable {
  /// Unique within its organization.
  package var name: String
  /// The organization it belongs to; nil is everywhere.
  package var account: String?
  /// Names of people.
  package var users: [String] = []
  /// Names of programs and nodes.
  package var clients: [String] = []
  /// Groups inside it, of the same organization or of none. Names of groups that are not there are passed over.
  package var groups: [String] = []
  /// Given to everybody in it; nil gives and takes nothing.
  package var permissions: [Permission]?

  /// A group without members.
  package init(_ name: String, account: String? = nil) {
    self.name = name
    self.account = account
  }
}
