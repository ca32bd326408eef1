import COpenSSL

/// The public half of an RSA key: whether a text was signed by the other half. About 22 µs a look with 2048 bits.
///
/// libcrypto only reads a finished key, and takes locks of its own where it remembers something: any thread may ask.
package final class PublicKey: Sendable, CustomStringConvertible {
  private nonisolated(unsafe) let key: OpaquePointer

  /// The size of the modulus.
  package let bits: Int

  /// Reads PEM: SPKI, PKCS#1 or a certificate, the first block of the text.
  ///
  /// - Throws: whatever `SetupFault` says of keys.
  package init(pem: [UInt8]) throws(SetupFault) {
    let (key, isPrivate) = try PEMKey.read(pem)
    guard !isPrivate else {
      EVP_PKEY_free(key)
      throw .privateKey
    }
    self.key = key
    bits = Int(EVP_PKEY_get_bits(key))
  }

  deinit { EVP_PKEY_free(key) }

  package var description: String { "RSA \(bits)" }

  /// Whether the signature is of this text, by the rules of a version.
  func verifies(_ text: [UInt8], _ signature: [UInt8], _ version: SignatureVersion) -> Bool {
    defer { ERR_clear_error() }
    // A signature is as long as the modulus; anything else is none, and libcrypto need not be asked.
    guard signature.count == Int(EVP_PKEY_get_size(key)), let context = EVP_PKEY_CTX_new(key, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    guard let hash = version.signedHash else { return recovers(text, signature, context) }
    let digest = text.withUnsafeBytes { hash.digest($0) }
    guard let digest, EVP_PKEY_verify_init(context) == 1,
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
      EVP_PKEY_CTX_set_signature_md(context, hash.algorithm) == 1
    else { return false }
    return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
  }

  /// The text itself stands in the signature, behind padding of type 1 (RFC 8017 §9.2 without a DigestInfo).
  private func recovers(_ text: [UInt8], _ signature: [UInt8], _ context: OpaquePointer) -> Bool {
    guard EVP_PKEY_verify_recover_init(context) == 1,
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
    else { return false }
    var recovered = [UInt8](repeating: 0, count: signature.count)
    var length = recovered.count
    guard EVP_PKEY_verify_recover(context, &recovered, &length, signature, signature.count) == 1 else { return false }
    return length == text.count && CRYPTO_memcmp(recovered, text, length) == 0
  }
}
