import NIOCore
import NIOSSL

/// Settings for TLS that have been checked and are ready for use by any number of listeners.
package struct TLSTerms: Sendable {
  /// One certificate of an identity's chain. Times are seconds since 1970, UTC.
  package struct Certificate: Sendable, Equatable {
    /// The identity's label.
    package var label: String
    /// Its subject, as in RFC 4514.
    package var subject: String
    /// When it begins to be valid.
    package var begin: Int
    /// When it ends.
    package var end: Int
  }

  /// The certificates of all identities, each chain in its order.
  package let certificates: [Certificate]

  /// What connections are made from.
  let context: NIOSSLContext

  /// Clients are asked for certificates.
  let asksClients: Bool

  private let uncovered: [TLSWarning]

  /// What HTTP/2 allows (RFC 9113 §9.2.2) and BoringSSL has: forward secrecy and authenticated encryption only.
  static let ciphers = [
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
  ].joined(separator: ":")

  /// Checks the settings. Takes milliseconds, so not for an event loop.
  package init(_ settings: TLSSettings) throws(TLSFault) {
    guard !settings.identities.isEmpty else { throw .noIdentity }
    var loaded: [LoadedIdentity] = []
    for identity in settings.identities { loaded.append(try LoadedIdentity(identity)) }
    let table = try TLSTerms.table(of: loaded)
    certificates = loaded.flatMap(\.certificates)
    uncovered = loaded.flatMap(\.uncovered)
    if case .off = settings.clients { asksClients = false } else { asksClients = true }
    context = try TLSTerms.makeContext(settings, loaded, table)
  }

  /// Names that were given come before names that merely stand in a certificate; of those, the first has it.
  private static func table(of loaded: [LoadedIdentity]) throws(TLSFault) -> HostTable {
    var table = HostTable()
    for (index, identity) in loaded.enumerated() where identity.isExplicit {
      for host in identity.hosts {
        guard let other = table.enter(host, for: index), other != index else { continue }
        throw .sharedHost(loaded[other].label, identity.label, host: host)
      }
    }
    for (index, identity) in loaded.enumerated() where !identity.isExplicit {
      for host in identity.hosts { _ = table.enter(host, for: index) }
    }
    return table
  }

  private static func makeContext(
    _ settings: TLSSettings, _ loaded: [LoadedIdentity], _ table: HostTable
  ) throws(TLSFault) -> NIOSSLContext {
    var configuration = loaded[0].configuration
    configuration.minimumTLSVersion = settings.oldest == .tls13 ? .tlsv13 : .tlsv12
    configuration.cipherSuites = ciphers
    configuration.applicationProtocols = [TLSProtocol.http2.rawValue, TLSProtocol.http1.rawValue]
    switch settings.clients {
    case .off: configuration.certificateVerification = .none
    case .optional(let authorities):
      configuration.certificateVerification = .optionalVerification
      configuration.trustRoots = .certificates(try certificates(of: authorities, or: .unreadableAuthorities))
    case .required(let authorities):
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(try certificates(of: authorities, or: .unreadableAuthorities))
    }
    configuration.sendCANameList = true
    if loaded.count > 1, !table.isEmpty {
      let changes = loaded.map(\.change)
      configuration.sslContextCallback = { hello, promise in
        let index = hello.serverHostname.flatMap { table.identity(for: $0) }
        promise.succeed(index.map { changes[$0] } ?? .noChanges)
      }
    }
    do { return try NIOSSLContext(configuration: configuration) } catch { throw .unreadableAuthorities }
  }

  /// Reads PEM that holds at least one certificate.
  static func certificates(of pem: [UInt8], or fault: TLSFault) throws(TLSFault) -> [NIOSSLCertificate] {
    guard !pem.isEmpty, let found = try? NIOSSLCertificate.fromPEMBytes(pem), !found.isEmpty else { throw fault }
    return found
  }

  /// What an operator should know at `now`, seconds since 1970.
  package func warnings(at now: Int) -> [TLSWarning] {
    certificates.compactMap { certificate in
      if now > certificate.end {
        return .expired(certificate.label, subject: certificate.subject, end: certificate.end)
      }
      guard now < certificate.begin else { return nil }
      return .early(certificate.label, subject: certificate.subject, begin: certificate.begin)
    } + uncovered
  }
}

/// The protocols that are agreed on inside TLS (RFC 7301).
enum TLSProtocol: String {
  case http2 = "h2"
  case http1 = "http/1.1"
}
