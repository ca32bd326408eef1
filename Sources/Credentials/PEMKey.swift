import COpenSSL

/// Reads one RSA key out of PEM text (RFC 7468), in any of the five forms that platforms hand out.
enum PEMKey {
  /// The first block: a key that the caller has to free, and whether it is a private one.
  static func read(_ pem: [UInt8]) throws(SetupFault) -> (key: OpaquePointer, isPrivate: Bool) {
    defer { ERR_clear_error() }
    var label: UnsafeMutablePointer<CChar>?
    var header: UnsafeMutablePointer<CChar>?
    var der: UnsafeMutablePointer<UInt8>?
    var length = 0
    defer {
      CRYPTO_free(label, #file, 0)
      CRYPTO_free(header, #file, 0)
      CRYPTO_clear_free(der, max(length, 0), #file, 0)
    }
    let found = pem.withUnsafeBytes { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return false }
      defer { BIO_free(bio) }
      return PEM_read_bio(bio, &label, &header, &der, &length) == 1
    }
    guard found, let label, let der else { throw .notPEM }
    // The old way to lock a key with a passphrase says so in lines of its own (RFC 1421 §4.6.1.1).
    if let header, header.pointee != 0 { throw .encryptedKey }
    let (key, isPrivate) = try decode(String(cString: label), der, length)
    do throws(SetupFault) { try check(key) } catch {
      EVP_PKEY_free(key)
      throw error
    }
    return (key, isPrivate)
  }

  private static func decode(
    _ label: String, _ der: UnsafePointer<UInt8>, _ length: Int
  ) throws(SetupFault) -> (OpaquePointer, isPrivate: Bool) {
    var place: UnsafePointer<UInt8>? = der
    let key: OpaquePointer?
    var isPrivate = false
    switch label {
    case "PUBLIC KEY": key = d2i_PUBKEY(nil, &place, length)
    case "RSA PUBLIC KEY": key = d2i_PublicKey(EVP_PKEY_RSA, nil, &place, length)
    case "CERTIFICATE":
      let certificate = d2i_X509(nil, &place, length)
      defer { X509_free(certificate) }
      key = certificate.flatMap { X509_get_pubkey($0) }
    case "RSA PRIVATE KEY":
      key = d2i_PrivateKey(EVP_PKEY_RSA, nil, &place, length)
      isPrivate = true
    case "PRIVATE KEY":
      key = d2i_AutoPrivateKey(nil, &place, length)
      isPrivate = true
    case "ENCRYPTED PRIVATE KEY": throw .encryptedKey
    case "EC PRIVATE KEY", "EC PARAMETERS", "DSA PRIVATE KEY": throw .notRSA
    default: throw .wrongBlock(String(label.prefix(60)))
    }
    guard let key else { throw .unreadableKey }
    return (key, isPrivate)
  }

  private static func check(_ key: OpaquePointer) throws(SetupFault) {
    guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { throw .notRSA }
    let bits = Int(EVP_PKEY_get_bits(key))
    if bits < 2048 { throw .smallKey(bits: bits) }
    if bits > 8192 { throw .largeKey(bits: bits) }
  }
}
