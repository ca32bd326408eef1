/// Makes secrets out of chance that is handed in.
package enum NewSecret {
  /// A token or key of 44 characters that URLs and headers carry as they are; 264 bits.
  package static func text(using generator: inout some RandomNumberGenerator) -> String {
    String(decoding: Base64.encode(bytes(33, using: &generator), .url, padded: false), as: UTF8.self)
  }

  /// So many bytes.
  static func bytes(_ count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
