import COpenSSL

/// SHA-1 and SHA-256 (FIPS 180-4).
struct Hash: Sendable {
  /// Looked up once: looking an algorithm up costs more than hashing a short text. Never changed after that, and
  /// libcrypto lends it to any thread.
  nonisolated(unsafe) let algorithm: OpaquePointer?

  /// Bytes of a digest.
  let length: Int

  static let sha1 = Hash(algorithm: EVP_MD_fetch(nil, "SHA1", nil), length: 20)
  static let sha256 = Hash(algorithm: EVP_MD_fetch(nil, "SHA256", nil), length: 32)

  /// The digest; nil when libcrypto cannot, which must never pass for a digest.
  func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let algorithm else { return nil }
    let digest = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      var written: UInt32 = 0
      let fine = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &written, algorithm, nil) == 1
      count = fine && Int(written) == length ? length : 0
    }
    return digest.count == length ? digest : nil
  }

  /// The digest in Base64, as signed headers have it; empty when libcrypto cannot, which no header's value is.
  func base64(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    digest(bytes).map { Base64.encode($0) } ?? []
  }

  /// The same of bytes in an array.
  func base64(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { base64($0) } }
}
