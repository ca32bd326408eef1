import NIOSSL

/// An identity whose certificate and key have been read and belong together.
struct LoadedIdentity {
  let label: String
  let certificates: [TLSTerms.Certificate]
  let configuration: TLSConfiguration

  /// Names it answers to.
  let hosts: [String]

  /// The names were given; otherwise they are the certificate's.
  let isExplicit: Bool

  /// Names that were given and do not stand in the certificate.
  let uncovered: [TLSWarning]

  init(_ identity: TLSIdentity) throws(TLSFault) {
    label = identity.label
    let chain = try TLSTerms.certificates(of: identity.chain, or: .unreadableChain(label))
    let key = try LoadedIdentity.key(identity)
    let names = chain.map { CertificateNames(der: (try? $0.toDERBytes()) ?? []) }
    configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    certificates = zip(chain, names).map { [label] certificate, names in
      TLSTerms.Certificate(
        label: label, subject: names.subject, begin: Int(certificate.notValidBefore),
        end: Int(certificate.notValidAfter))
    }
    do { _ = try NIOSSLContext(configuration: configuration) } catch NIOSSLError.failedToLoadPrivateKey {
      throw .foreignKey(label, subject: names[0].subject)
    } catch {
      throw .unusableCertificate(label)
    }
    let own = LoadedIdentity.hosts(of: chain[0], names[0])
    isExplicit = !identity.hosts.isEmpty
    hosts = isExplicit ? identity.hosts : own
    for host in identity.hosts where !HostTable.isHost(host) { throw .badHost(label, host: host) }
    uncovered = identity.hosts.filter { !LoadedIdentity.covers(own, $0) }.map { [label] in
      .uncovered(label, host: $0)
    }
  }

  /// What makes a connection that has begun with another identity go on with this one.
  var change: NIOSSLContextConfigurationOverride {
    var change = NIOSSLContextConfigurationOverride()
    change.certificateChain = configuration.certificateChain
    change.privateKey = configuration.privateKey
    return change
  }

  private static func key(_ identity: TLSIdentity) throws(TLSFault) -> NIOSSLPrivateKey {
    guard !identity.key.isEmpty else { throw .unreadableKey(identity.label) }
    if let key = try? NIOSSLPrivateKey(bytes: identity.key, format: .pem) { return key }
    let isEncrypted = String(decoding: identity.key, as: UTF8.self).split(separator: "\n").contains {
      $0.contains("ENCRYPTED")
    }
    throw isEncrypted ? .encryptedKey(identity.label) : .unreadableKey(identity.label)
  }

  /// The DNS names a certificate is made out for; in old ones that stands in the common name.
  private static func hosts(of certificate: NIOSSLCertificate, _ names: CertificateNames) -> [String] {
    let found = certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }.map {
      String(decoding: $0.contents, as: UTF8.self)
    }
    return (found.isEmpty ? [names.commonName].compactMap(\.self) : found).filter(HostTable.isHost)
  }

  private static func covers(_ own: [String], _ host: String) -> Bool {
    var table = HostTable()
    for name in own { _ = table.enter(name, for: 0) }
    return table.identity(for: host) != nil || table.enter(host, for: 0) != nil
  }
}
