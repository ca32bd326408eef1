import Wire

/// Who a request with signed headers claims to be from, once its headers are complete, its time is right and its version
/// is known: what the platform looks at before it reads the body. Nothing is proven yet.
struct SignedClaim: Sendable {
  let user: String
  let version: SignatureVersion
  /// Seconds since 1970.
  let timestamp: Int64

  /// Reads the headers in the platform's order: all four there, the time, the version.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970, UTC.
  ///   - skew: seconds by which the caller's clock may differ, exclusive.
  init(_ call: some Call, now: Int64, skew: Int64) throws(CredentialFault) {
    let user = call.filled("x-ops-userid")
    let timestamp = call.filled("x-ops-timestamp")
    let sign = call.filled("x-ops-sign")
    let hash = call.filled("x-ops-content-hash")
    guard let user, let timestamp, let sign, hash != nil else {
      let all = [
        ("X-Ops-UserId", user), ("X-Ops-Timestamp", timestamp), ("X-Ops-Sign", sign), ("X-Ops-Content-Hash", hash),
      ]
      let missing = all.filter { $0.1 == nil }.map { "'\($0.0)'" }.joined(separator: ", ")
      throw CredentialFault(.noCredential, "missing required authentication header(s) \(missing)")
    }
    self.user = String(decoding: user, as: UTF8.self)
    guard timestamp.count == 20, let time = Times.parseISO8601(timestamp) else {
      throw CredentialFault(.badCredential, "bad header(s) 'X-Ops-Timestamp'", challenges: false)
    }
    self.timestamp = Times.seconds(time)
    guard abs(Times.seconds(now) - self.timestamp) < skew else {
      let text = "Failed to authenticate as \(shown(self.user)). Synchronize the clock on your host."
      throw CredentialFault(.badCredential, text, challenges: false)
    }
    // The platform answers this one as it answers missing headers.
    guard let version = SignatureVersion(sign) else {
      throw CredentialFault(.noCredential, "Unsupported authentication protocol version")
    }
    self.version = version
  }

  /// Whether one of these keys signed this very request. The body's hash is computed, and the header must say the same, in
  /// every version; gives the signature, or nil.
  func signature(_ call: some Call, body: UnsafeRawBufferPointer, keys: some Sequence<PublicKey>) -> [UInt8]? {
    guard let signature = Self.signature(call), let claimedHash = call.header("x-ops-content-hash") else { return nil }
    let bodyHash = version.hash.base64(body)
    guard !bodyHash.isEmpty, claimedHash.elementsEqual(bodyHash), let user = call.header("x-ops-userid"),
      let timestamp = call.header("x-ops-timestamp"), let apiVersion = Self.apiVersion(call)
    else { return nil }
    let text = SignedText(
      method: call.methodBytes, target: call.pathBytes, bodyHash: bodyHash, timestamp: timestamp, user: user,
      apiVersion: apiVersion
    ).bytes(version)
    return keys.contains { $0.verifies(text, signature, version) } ? signature : nil
  }

  /// The pieces 1, 2, 3 … put together, up to the first that is missing; nil when there is none or they are no Base64.
  private static func signature(_ call: some Call) -> [UInt8]? {
    var text: [UInt8] = []
    for name in pieces {
      guard let piece = call.header(name), piece.count <= 2048 else { break }
      text.append(contentsOf: piece)
    }
    return text.isEmpty ? nil : text.withUnsafeBytes { Base64.decode($0) }
  }

  /// The version of the API as it is signed: a number in its shortest form, 0 without the header; nil for anything else.
  private static func apiVersion(_ call: some Call) -> UnsafeRawBufferPointer? {
    guard let value = call.header("x-ops-server-api-version") else { return zero }
    let isNumber = (1...9).contains(value.count) && value.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    return isNumber && (value.count == 1 || value[0] != UInt8(ascii: "0")) ? value : nil
  }

  private static let zeroText: StaticString = "0"
  private static var zero: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: zeroText.utf8Start, count: zeroText.utf8CodeUnitCount)
  }

  /// 24 pieces of 60 characters hold the signature of a key of 8192 bits.
  private static let pieces: [StaticString] = [
    "x-ops-authorization-1", "x-ops-authorization-2", "x-ops-authorization-3", "x-ops-authorization-4",
    "x-ops-authorization-5", "x-ops-authorization-6", "x-ops-authorization-7", "x-ops-authorization-8",
    "x-ops-authorization-9", "x-ops-authorization-10", "x-ops-authorization-11", "x-ops-authorization-12",
    "x-ops-authorization-13", "x-ops-authorization-14", "x-ops-authorization-15", "x-ops-authorization-16",
    "x-ops-authorization-17", "x-ops-authorization-18", "x-ops-authorization-19", "x-ops-authorization-20",
    "x-ops-authorization-21", "x-ops-authorization-22", "x-ops-authorization-23", "x-ops-authorization-24",
  ]
}
