import COpenSSL

/// A password at rest: PBKDF2 with HMAC-SHA-256 (RFC 8018), in one line of the PHC string format:
///
///     $pbkdf2-sha256$i=600000$SALT$HASH
///
/// `i` is the number of iterations, SALT and HASH are Base64 without padding, of 16 and 32 bytes. Checking takes a fifth of a
/// second by design: never on an event loop, and not many at a time.
package struct PasswordHash: Sendable, Unspoken {
  private let iterations: Int
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// What new lines are made with.
  package static let usualIterations = 600_000

  /// The longest password, in bytes.
  package static let longest = 1024

  /// Reads a line.
  ///
  /// - Throws: `SetupFault.badPassword` with what is wrong, never with the line.
  package init(line: String) throws(SetupFault) {
    let parts = line.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "pbkdf2-sha256" else {
      throw .badPassword("it has to look like $pbkdf2-sha256$i=600000$SALT$HASH")
    }
    guard parts[2].hasPrefix("i="), let count = Int(parts[2].dropFirst(2)) else {
      throw .badPassword("the number of iterations stands as i=600000")
    }
    guard (10_000...10_000_000).contains(count) else {
      throw .badPassword("iterations are 10000 to 10000000, not \(count)")
    }
    guard let salt = Self.bytes(parts[3]), (8...64).contains(salt.count) else {
      throw .badPassword("the salt is 8 to 64 bytes in Base64 without padding")
    }
    guard let hash = Self.bytes(parts[4]), hash.count == 32 else {
      throw .badPassword("the hash is 32 bytes in Base64 without padding")
    }
    (self.iterations, self.salt, self.hash) = (count, salt, hash)
  }

  /// Reads what a file or a variable holds; white space around it is dropped.
  ///
  /// - Throws: what `Secret` and `init(line:)` throw.
  package init(content: [UInt8]) throws(SetupFault) { try self.init(line: Secret(content).revealed) }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    Array(text.utf8).withUnsafeBytes { Base64.decode($0, padded: false) }
  }

  /// Makes the line for a password.
  ///
  /// - Throws: `SetupFault.badPassword` for an empty one or one longer than 1,024 bytes.
  package static func line(
    for password: String, iterations: Int = usualIterations, using generator: inout some RandomNumberGenerator
  ) throws(SetupFault) -> String {
    guard !password.isEmpty, password.utf8.count <= longest else {
      throw .badPassword("a password is 1 to \(longest) bytes")
    }
    let salt = NewSecret.bytes(16, using: &generator)
    guard let hash = derive(password, salt, iterations, 32) else {
      throw .badPassword("it cannot be hashed with \(iterations) iterations")
    }
    let texts = [salt, hash].map { String(decoding: Base64.encode($0, padded: false), as: UTF8.self) }
    return "$pbkdf2-sha256$i=\(iterations)$\(texts[0])$\(texts[1])"
  }

  /// Whether this is the password, in a time that does not tell how much of it was right.
  package func fits(_ password: String) -> Bool {
    guard password.utf8.count <= Self.longest, let derived = Self.derive(password, salt, iterations, hash.count) else {
      return false
    }
    return CRYPTO_memcmp(derived, hash, hash.count) == 0
  }

  /// PBKDF2 (RFC 8018 §5.2); nil when libcrypto cannot.
  static func derive(_ password: String, _ salt: [UInt8], _ iterations: Int, _ length: Int) -> [UInt8]? {
    var password = password
    var derived = [UInt8](repeating: 0, count: length)
    let fine = password.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        PKCS5_PBKDF2_HMAC(
          characters.baseAddress, Int32(clamping: characters.count), salt, Int32(clamping: salt.count),
          Int32(clamping: iterations), EVP_sha256(), Int32(clamping: length), &derived) == 1
      }
    }
    return fine ? derived : nil
  }

  /// Fits no password. Held against when a name is unknown, so that the answer takes as long as for one that is known.
  static let decoy = PasswordHash(
    iterations: usualIterations, salt: Array(repeating: 0, count: 16), hash: Array(repeating: 0, count: 32))

  private init(iterations: Int, salt: [UInt8], hash: [UInt8]) {
    (self.iterations, self.salt, self.hash) = (iterations, salt, hash)
  }
}
