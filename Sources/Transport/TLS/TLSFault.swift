/// Why settings for TLS cannot be used. The identity is named by its label.
package enum TLSFault: Error, Equatable, CustomStringConvertible {
  /// There is no certificate at all.
  case noIdentity
  /// The chain holds no certificate that can be read.
  case unreadableChain(String)
  /// The certificate can be read and not used: its kind of key is unknown, say.
  case unusableCertificate(String)
  /// The key is no PEM private key.
  case unreadableKey(String)
  /// The key is protected by a passphrase.
  case encryptedKey(String)
  /// The key is another certificate's.
  case foreignKey(String, subject: String)
  /// Not the name of a host.
  case badHost(String, host: String)
  /// Two identities claim the same host.
  case sharedHost(String, String, host: String)
  /// The file of authorities for clients' certificates holds none that can be read.
  case unreadableAuthorities

  /// One sentence for a log.
  package var description: String {
    switch self {
    case .noIdentity: "TLS needs a certificate"
    case .unreadableChain(let label): "\(label): no certificate in PEM form"
    case .unusableCertificate(let label): "\(label): the certificate cannot be used by a server"
    case .unreadableKey(let label): "\(label): the key is no private key in PEM form"
    case .encryptedKey(let label): "\(label): the key is protected by a passphrase; store it without"
    case .foreignKey(let label, let subject): "\(label): the key does not belong to the certificate of \(subject)"
    case .badHost(let label, let host): "\(label): '\(host)' is no host name: www.example.com or *.example.com"
    case .sharedHost(let first, let second, let host): "\(first) and \(second) both claim the host \(host)"
    case .unreadableAuthorities: "the authorities for clients: no certificate in PEM form"
    }
  }
}

/// What an operator should know of certificates that can be used all the same. Times are seconds since 1970, UTC.
package enum TLSWarning: Equatable, Sendable, CustomStringConvertible {
  /// A certificate of the chain is past its end: clients will refuse it.
  case expired(String, subject: String, end: Int)
  /// A certificate of the chain is not valid yet.
  case early(String, subject: String, begin: Int)
  /// A host that was asked for does not stand in the certificate.
  case uncovered(String, host: String)

  /// One sentence for a log.
  package var description: String {
    switch self {
    case .expired(let label, let subject, let end):
      "\(label): the certificate of \(subject) ended \(UTCText.of(end))"
    case .early(let label, let subject, let begin):
      "\(label): the certificate of \(subject) is not valid before \(UTCText.of(begin))"
    case .uncovered(let label, let host): "\(label): the certificate is not made out for \(host)"
    }
  }
}
