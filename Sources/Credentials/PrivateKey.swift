import COpenSSL

/// An RSA key that signs calls to backends. About 271 µs a signature with 2048 bits: never on an event loop.
package final class PrivateKey: Sendable, Unspoken {
  private nonisolated(unsafe) let key: OpaquePointer

  /// Reads PEM: PKCS#1 or PKCS#8, without a passphrase. Signs once to see that the key is whole.
  ///
  /// - Throws: whatever `SetupFault` says of keys.
  package init(pem: [UInt8]) throws(SetupFault) {
    let (key, isPrivate) = try PEMKey.read(pem)
    self.key = key
    guard isPrivate else { throw .publicKey }
    let probe = Array("probe".utf8)
    guard let signature = sign(probe, .v1_1), recovered(signature) == probe else { throw .brokenKey }
  }

  deinit { EVP_PKEY_free(key) }

  /// Bytes that a raw text may have: padding of type 1 takes eleven of the modulus.
  var room: Int { Int(EVP_PKEY_get_size(key)) - Int(RSA_PKCS1_PADDING_SIZE) }

  /// The signature of a text by the rules of a version; nil when the text has no room, or libcrypto cannot.
  func sign(_ text: [UInt8], _ version: SignatureVersion) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let context = EVP_PKEY_CTX_new(key, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_sign_init(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 else {
      return nil
    }
    var payload = text
    if let hash = version.signedHash {
      guard let digest = text.withUnsafeBytes({ hash.digest($0) }),
        EVP_PKEY_CTX_set_signature_md(context, hash.algorithm) == 1
      else { return nil }
      payload = digest
    }
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
    var length = signature.count
    guard EVP_PKEY_sign(context, &signature, &length, payload, payload.count) == 1, length == signature.count else {
      return nil
    }
    return signature
  }

  private func recovered(_ signature: [UInt8]) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let context = EVP_PKEY_CTX_new(key, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_verify_recover_init(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
    else { return nil }
    var text = [UInt8](repeating: 0, count: signature.count)
    var length = text.count
    guard EVP_PKEY_verify_recover(context, &text, &length, signature, signature.count) == 1 else { return nil }
    return Array(text.prefix(length))
  }
}
