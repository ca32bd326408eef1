/// Signs calls to a backend, in the backend's scheme. Sendable and without state; signed headers take about 271 µs, so that
/// is never done on an event loop (`isSlow`).
package struct CallSigner: Sendable, Unspoken {
  private enum Form: Sendable {
    case signed(SignedCalls)
    case header(name: String, value: Secret, prefix: String)
    case twoHeaders(user: String, token: Secret)
  }

  private let form: Form

  private init(_ form: Form) { self.form = form }

  /// Chef's signed headers.
  ///
  /// - Parameters:
  ///   - user: the name the key is known under.
  ///   - apiVersion: for `X-Ops-Server-API-Version`; nil leaves the header out, which 1.3 signs as 0.
  /// - Throws: `SetupFault.badName`.
  package static func signedHeaders(
    user: String, key: PrivateKey, version: SignatureVersion = .v1_1, apiVersion: Int? = nil
  ) throws(SetupFault) -> CallSigner {
    guard isName(user), (apiVersion ?? 0) >= 0 else { throw .badName }
    return CallSigner(.signed(SignedCalls(user: user, key: key, version: version, apiVersion: apiVersion)))
  }

  /// `X-Authentication`.
  package static func token(_ token: Secret) -> CallSigner {
    CallSigner(.header(name: "x-authentication", value: token, prefix: ""))
  }

  /// An API key as the user name of Basic authentication, with its colon (RFC 7617).
  package static func basicKey(_ key: Secret) throws(SetupFault) -> CallSigner {
    guard !key.revealed.contains(":") else { throw .unprintableSecret }
    let text = String(decoding: Base64.encode(Array(key.revealed.utf8) + [UInt8(ascii: ":")]), as: UTF8.self)
    return CallSigner(.header(name: "authorization", value: try Secret(text), prefix: "Basic "))
  }

  /// `Authorization: Bearer`.
  package static func bearer(_ token: Secret) -> CallSigner {
    CallSigner(.header(name: "authorization", value: token, prefix: "Bearer "))
  }

  /// Slurm's pair of headers: a user, and a token of that user's.
  ///
  /// - Throws: `SetupFault.badName`.
  package static func userAndToken(user: String, token: Secret) throws(SetupFault) -> CallSigner {
    guard isName(user) else { throw .badName }
    return CallSigner(.twoHeaders(user: user, token: token))
  }

  /// Whether `headers` takes long enough to be called elsewhere than on an event loop.
  package var isSlow: Bool { if case .signed = form { true } else { false } }

  /// The headers that the call needs, names in lower case.
  ///
  /// - Parameters:
  ///   - method: in capitals, as it is sent.
  ///   - target: the path as it is sent; a query is not signed.
  ///   - body: the bytes as they are sent.
  ///   - now: milliseconds since 1970, UTC.
  /// - Throws: `SigningFault`.
  package func headers(
    method: String, target: String, body: UnsafeRawBufferPointer, now: Int64
  ) throws(SigningFault) -> [(name: String, value: String)] {
    switch form {
    case .signed(let signed): return try signed.headers(method, target, body, now)
    case .header(let name, let value, let prefix): return [(name, prefix + value.revealed)]
    case .twoHeaders(let user, let token):
      return [("x-slurm-user-name", user), ("x-slurm-user-token", token.revealed)]
    }
  }

  private static func isName(_ user: String) -> Bool {
    (1...200).contains(user.utf8.count) && user.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

/// Why a call could not be signed.
package enum SigningFault: Error, Equatable, CustomStringConvertible {
  /// The text has no room in a signature of 1.0 or 1.1.
  case textTooLong(bytes: Int, room: Int)
  /// libcrypto refused.
  case failed

  package var description: String {
    switch self {
    case .textTooLong(let bytes, let room):
      "the request's text of \(bytes) bytes does not fit into a signature of the key, which holds \(room): sign with version 1.1 or 1.3"
    case .failed: "the request could not be signed"
    }
  }
}
