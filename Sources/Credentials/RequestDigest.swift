/// By which a request is known again: SHA-256 of its body.
package enum RequestDigest {
  /// 32 bytes; empty when libcrypto cannot, which must never pass for a digest of anything.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { Hash.sha256.digest(bytes) ?? [] }
}
