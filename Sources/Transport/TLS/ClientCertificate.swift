import NIOSSL

/// The certificate a client has shown, verified against the listener's authorities.
package struct ClientCertificate: Sendable, Equatable {
  /// The subject's common name; nil when there is none, or more than one.
  package var commonName: String?

  /// The whole subject in the form of RFC 4514, the most specific part first: `CN=node1,O=Example`.
  package var subject: String

  /// The serial number in hexadecimal digits.
  package var serial: String

  /// The certificate itself, DER.
  package var der: [UInt8]

  init?(_ certificate: NIOSSLCertificate) {
    guard let der = try? certificate.toDERBytes() else { return nil }
    let names = CertificateNames(der: der)
    self.der = der
    commonName = names.commonName
    subject = names.subject
    serial = names.serial
  }
}
