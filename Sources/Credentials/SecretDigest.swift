import COpenSSL

/// What is kept of a token or key that callers show: its SHA-256, enough to know it again and too little to use it.
///
/// Only for secrets made by chance, of 128 bits and more; what a person made up is a password (`PasswordHash`).
package struct SecretDigest: Sendable, Hashable, Unspoken {
  private let words: SIMD4<UInt64>

  /// The digest of a secret as it was shown; nil when libcrypto cannot.
  package init?(of secret: UnsafeRawBufferPointer) {
    guard let algorithm = Hash.sha256.algorithm else { return nil }
    var words = SIMD4<UInt64>()
    let fine = withUnsafeMutableBytes(of: &words) { place in
      EVP_Digest(secret.baseAddress, secret.count, place.baseAddress, nil, algorithm, nil) == 1
    }
    guard fine else { return nil }
    self.words = words
  }

  /// The same of a string.
  package init?(of secret: String) {
    var secret = secret
    let digest = secret.withUTF8 { SecretDigest(of: UnsafeRawBufferPointer($0)) }
    guard let digest else { return nil }
    self = digest
  }

  /// Reads the form in which a digest is kept: `sha256:` and 64 hexadecimal digits.
  ///
  /// - Throws: `SetupFault.badDigest`, which does not repeat the line: it may hold the secret itself.
  package init(line: String) throws(SetupFault) {
    let parts = line.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "sha256", let bytes = Hexadecimal.bytes(parts[1]), bytes.count == 32 else {
      throw .badDigest
    }
    var words = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// Reads what a file or a variable holds: a digest in the form in which it is kept, or the secret itself. White space
  /// around it is dropped.
  ///
  /// - Throws: what `Secret` and `init(line:)` throw.
  package init(content: [UInt8]) throws(SetupFault) {
    let secret = try Secret(content).revealed
    if secret.hasPrefix("sha256:") {
      try self.init(line: secret)
    } else {
      guard let digest = SecretDigest(of: secret) else { throw .badDigest }
      self = digest
    }
  }

  /// The form in which a digest is kept: `sha256:` and 64 hexadecimal digits.
  package var line: String { "sha256:" + Hexadecimal.text(withUnsafeBytes(of: words) { Array($0) }) }

  /// In constant time: the four words are held against each other as one.
  package static func == (one: SecretDigest, other: SecretDigest) -> Bool {
    let difference = one.words ^ other.words
    return (difference[0] | difference[1] | difference[2] | difference[3]) == 0
  }

  /// A digest is evenly spread already: one word is enough.
  package func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
}
