/// The canonical text that signed headers sign: lines about the request, joined by one line feed.
struct SignedText {
  /// As it is sent, in capitals.
  var method: UnsafeRawBufferPointer
  /// The target; what follows a question mark is never signed.
  var target: UnsafeRawBufferPointer
  /// The body's hash in Base64.
  var bodyHash: [UInt8]
  /// As it is sent.
  var timestamp: UnsafeRawBufferPointer
  var user: UnsafeRawBufferPointer
  /// `X-Ops-Server-API-Version`, or 0 without that header; only in 1.3.
  var apiVersion: UnsafeRawBufferPointer

  /// The text, by the rules of a version.
  func bytes(_ version: SignatureVersion) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(320 + target.count)
    line(&text, "Method:", method)
    let path = Self.canonicalPath(target)
    if version == .v1_3 {
      line(&text, "\nPath:", path)
    } else {
      line(&text, "\nHashed Path:", version.hash.base64(path))
    }
    line(&text, "\nX-Ops-Content-Hash:", bodyHash)
    if version == .v1_3 { line(&text, "\nX-Ops-Sign:version=1.3", []) }
    line(&text, "\nX-Ops-Timestamp:", timestamp)
    switch version {
    case .v1_0, .v1_3: line(&text, "\nX-Ops-UserId:", user)
    case .v1_1, .v1_2: line(&text, "\nX-Ops-UserId:", version.hash.base64(user))
    }
    if version == .v1_3 { line(&text, "\nX-Ops-Server-API-Version:", apiVersion) }
    return text
  }

  private func line(_ text: inout [UInt8], _ name: StaticString, _ value: some Sequence<UInt8>) {
    name.withUTF8Buffer { text.append(contentsOf: $0) }
    text.append(contentsOf: value)
  }

  /// The path without its query, runs of slashes made one, one slash at the end dropped; escapes are left alone.
  static func canonicalPath(_ target: UnsafeRawBufferPointer) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    var path: [UInt8] = []
    path.reserveCapacity(target.count)
    for byte in target {
      if byte == UInt8(ascii: "?") { break }
      if byte != slash || path.last != slash { path.append(byte) }
    }
    if path.count > 1, path.last == slash { path.removeLast() }
    return path
  }
}
