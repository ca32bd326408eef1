import NIOSSL

/// How a backend's connections are encrypted: checked and ready for use.
package struct UpstreamTLS: Sendable {
  /// The versions of HTTP that are offered.
  package let http: UpstreamSettings.Protocols

  /// What connections are made from.
  let context: NIOSSLContext

  /// Checks the terms. Takes milliseconds, so not for an event loop.
  ///
  /// The server's certificate has to come from one of `authorities` (PEM; nil for those the system trusts) and, if
  /// `checksHost`, be made out for `Endpoint.serverName` or its host. `identity` is what we show when we are asked.
  package init(
    authorities: [UInt8]? = nil, checksHost: Bool = true, identity: TLSIdentity? = nil,
    http: UpstreamSettings.Protocols = .agreed
  ) throws(TLSFault) {
    self.http = http
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuites = TLSTerms.ciphers
    configuration.certificateVerification = checksHost ? .fullVerification : .noHostnameVerification
    if let authorities {
      configuration.trustRoots = .certificates(try TLSTerms.certificates(of: authorities, or: .unreadableAuthorities))
    }
    switch http {
    case .http1: configuration.applicationProtocols = [TLSProtocol.http1.rawValue]
    case .http2: configuration.applicationProtocols = [TLSProtocol.http2.rawValue]
    case .agreed: configuration.applicationProtocols = [TLSProtocol.http2.rawValue, TLSProtocol.http1.rawValue]
    }
    if let identity {
      let loaded = try LoadedIdentity(identity).configuration
      configuration.certificateChain = loaded.certificateChain
      configuration.privateKey = loaded.privateKey
    }
    do { context = try NIOSSLContext(configuration: configuration) } catch { throw .unreadableAuthorities }
  }

  /// The handler for one connection; a name only where TLS knows it as one, which an address is not.
  func handler(for endpoint: UpstreamSettings.Endpoint) throws -> NIOSSLClientHandler {
    let name = endpoint.serverName ?? endpoint.host
    guard HostTable.isHost(name), !name.utf8.allSatisfy({ $0 &- 48 < 10 || $0 == 46 }) else {
      return try NIOSSLClientHandler(context: context, serverHostname: nil)
    }
    return try NIOSSLClientHandler(context: context, serverHostname: name)
  }
}

/// TLS's errors in words for a log.
enum TLSWords {
  static func of(_ error: any Error) -> String? {
    switch error {
    case let error as NIOSSLError:
      switch error {
      case .handshakeFailed(let inner): of(inner) ?? "the handshake failed"
      case .uncleanShutdown: "ended without a word"
      default: "the handshake failed"
      }
    case let error as BoringSSLError: reason(in: "\(error)")
    case let error as NIOSSLExtraError:
      error == .failedToValidateHostname ? "the certificate is made out for another host" : "the handshake failed"
    default: nil
    }
  }

  /// The library's last word in capitals: `CERTIFICATE_VERIFY_FAILED`.
  private static func reason(in text: String) -> String {
    let words = text.split { !($0 == "_" || $0.isUppercase || $0.isNumber) }
    guard let word = words.filter({ $0.contains("_") && $0.first?.isLetter == true }).last(where: { $0 != "OPENSSL_" })
    else { return "the handshake failed" }
    return word.lowercased().split(separator: "_").joined(separator: " ")
  }
}
