/// The versions of Chef's signed headers.
package enum SignatureVersion: String, Sendable, CaseIterable {
  /// The raw text is signed, the user's name in clear.
  case v1_0 = "1.0"
  /// The raw text is signed, the user's name as its hash.
  case v1_1 = "1.1"
  /// RSASSA-PKCS1-v1_5 with SHA-1; no published client writes it.
  case v1_2 = "1.2"
  /// RSASSA-PKCS1-v1_5 with SHA-256; path and name in clear, the API's version signed too.
  case v1_3 = "1.3"

  /// What path, body and name are hashed with.
  var hash: Hash { self == .v1_3 ? .sha256 : .sha1 }

  /// What the text is hashed with before it is signed; nil when the text itself is signed.
  var signedHash: Hash? {
    switch self {
    case .v1_0, .v1_1: nil
    case .v1_2: .sha1
    case .v1_3: .sha256
    }
  }

  /// The algorithm as `X-Ops-Sign` names it.
  var algorithm: String { self == .v1_3 ? "sha256" : "sha1" }

  /// Reads `X-Ops-Sign`: pieces between semicolons, nothing trimmed, what is no `key=value` passed over; of
  /// several of one name the first counts; the algorithm may be missing, but not be another version's. Nil for what the platform calls unsupported.
  init?(_ header: UnsafeRawBufferPointer) {
    guard header.count <= 1024 else { return nil }
    var version: SignatureVersion?
    var algorithm: String?
    for piece in header.split(separator: UInt8(ascii: ";")) {
      let sides = piece.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
      guard sides.count == 2 else { continue }
      if version == nil, sides[0].elementsEqual("version".utf8) {
        guard let known = SignatureVersion(rawValue: String(decoding: sides[1], as: UTF8.self)) else { return nil }
        version = known
      } else if algorithm == nil, sides[0].elementsEqual("algorithm".utf8) {
        algorithm = String(decoding: sides[1], as: UTF8.self)
      }
    }
    guard let version, algorithm == nil || algorithm == version.algorithm else { return nil }
    self = version
  }
}
