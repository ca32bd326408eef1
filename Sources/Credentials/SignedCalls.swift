import Wire

/// Chef's signed headers on calls of our own.
struct SignedCalls: Sendable {
  let user: String
  let key: PrivateKey
  let version: SignatureVersion
  let apiVersion: Int?

  func headers(
    _ method: String, _ target: String, _ body: UnsafeRawBufferPointer, _ now: Int64
  ) throws(SigningFault) -> [(name: String, value: String)] {
    let time = Output(capacity: 32)
    Times.writeISO8601(now, millis: false, to: time)
    let bodyHash = version.hash.base64(body)
    let parts = [method, target, user, String(apiVersion ?? 0)].map { Array($0.utf8) }
    let text = parts[0].withUnsafeBytes { method in
      parts[1].withUnsafeBytes { target in
        parts[2].withUnsafeBytes { user in
          parts[3].withUnsafeBytes { apiVersion in
            SignedText(
              method: method, target: target, bodyHash: bodyHash, timestamp: time.written, user: user,
              apiVersion: apiVersion
            ).bytes(version)
          }
        }
      }
    }
    if version.signedHash == nil, text.count > key.room { throw .textTooLong(bytes: text.count, room: key.room) }
    guard !bodyHash.isEmpty, let signature = key.sign(text, version) else { throw .failed }
    var headers: [(name: String, value: String)] = [
      ("x-ops-sign", "algorithm=\(version.algorithm);version=\(version.rawValue);"),
      ("x-ops-userid", user),
      ("x-ops-timestamp", String(decoding: time.written, as: UTF8.self)),
      ("x-ops-content-hash", String(decoding: bodyHash, as: UTF8.self)),
    ]
    if let apiVersion { headers.append(("x-ops-server-api-version", String(apiVersion))) }
    let encoded = Base64.encode(signature)
    for (index, start) in stride(from: 0, to: encoded.count, by: 60).enumerated() {
      let piece = encoded[start..<min(start + 60, encoded.count)]
      headers.append(("x-ops-authorization-\(index + 1)", String(decoding: piece, as: UTF8.self)))
    }
    return headers
  }
}
