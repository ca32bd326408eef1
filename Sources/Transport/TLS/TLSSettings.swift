/// A certificate with its key, as read from files by somebody above.
package struct TLSIdentity: Sendable, CustomStringConvertible, CustomReflectable {
  /// What faults and warnings call it: the name of a file, say.
  package var label: String

  /// Host names it answers to, `www.example.com` or `*.example.com`; without any, those that stand in the certificate.
  package var hosts: [String]

  /// PEM: the certificate, then those that lead to an authority clients know.
  package var chain: [UInt8]

  /// PEM: the certificate's private key, not encrypted.
  package var key: [UInt8]

  /// The four.
  package init(label: String, hosts: [String] = [], chain: [UInt8], key: [UInt8]) {
    self.label = label
    self.hosts = hosts
    self.chain = chain
    self.key = key
  }

  /// The label; the key is shown to nobody.
  package var description: String { label }

  /// Nothing but the label, so that no dump shows the key.
  package var customMirror: Mirror { Mirror(self, children: ["label": label]) }
}

/// How a listener encrypts: checked and made ready by `TLSTerms`.
package struct TLSSettings: Sendable {
  /// Oldest version that is spoken. The current one is TLS 1.3.
  package enum Version: Sendable { case tls12, tls13 }

  /// Whether clients show a certificate. The authorities are PEM: one or more certificates.
  package enum Clients: Sendable {
    /// They are not asked.
    case off
    /// They are asked and may decline; what they show has to be good.
    case optional(authorities: [UInt8])
    /// Without a good one there is no connection.
    case required(authorities: [UInt8])
  }

  /// At least one; the first serves clients that name no host, or one that no identity has.
  package var identities: [TLSIdentity]

  /// Certificates of clients.
  package var clients: Clients

  /// The oldest version.
  package var oldest: Version

  /// TLS 1.2 or newer, clients not asked for certificates, unless told otherwise.
  package init(identities: [TLSIdentity], clients: Clients = .off, oldest: Version = .tls12) {
    self.identities = identities
    self.clients = clients
    self.oldest = oldest
  }
}
