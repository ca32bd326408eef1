import Credentials
import Wire

extension Pieces {
  /// Verifying a token, and a request that Chef's clients sign.
  static func callers() throws -> [Piece] {
    let now: Int64 = 1_800_000_000_000
    let token = "0r1fWtQy8w3lXKJ3n9oS2mVb5cZ7dHgEuTq4RpLxNaiB"
    let key = try PrivateKey(pem: Fixtures.read("credentials/keys/rsa.pem"))
    var identity = Identity("bench")
    identity.accounts = ["acme"]
    identity.keys = [try PublicKey(pem: Fixtures.read("credentials/keys/rsa-public.pem"))]
    guard let digest = SecretDigest(of: token) else { throw Missing.key }
    identity.tokens = [digest]
    let door = Gatekeeper(try Directory([identity]), tokens: IssuedTokens(), replays: ReplayMemory())
    let path = "/organizations/acme/pushy/jobs/00000000000000000000000000002345"
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    func piece(_ title: String, _ scheme: Scheme, _ headers: [(name: String, value: String)], size: Int) -> Piece {
      let call = Asked(path, headers)
      return Piece(title, size: size) {
        let shown = try door.evidence(call, scheme, now: now)
        return try door.caller(shown, call, body: nothing, account: "acme", repeats: .allowed, now: now).principal.name
          .utf8.count
      }
    }
    let signed = try CallSigner.signedHeaders(user: "bench", key: key, version: .v1_3)
      .headers(method: "GET", target: path, body: nothing, now: now)
    return [
      piece("token verified", .token, [("x-authentication", token)], size: 2000),
      piece("signature 1.3 verified", .signedHeaders, signed, size: 500),
    ]
  }

  /// A request as it is shown to whoever verifies callers; what it lends is never given back.
  private final class Asked: Credentials.Call {
    let methodBytes = Asked.lent("GET")
    let pathBytes: UnsafeRawBufferPointer
    let queryBytes = UnsafeRawBufferPointer(start: nil, count: 0)
    let certificateName: String? = nil
    private let headers: [(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)]

    init(_ path: String, _ headers: [(name: String, value: String)]) {
      pathBytes = Asked.lent(path)
      self.headers = headers.map { (Asked.lent($0.name), Asked.lent($0.value)) }
    }

    func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer? {
      let name = UnsafeRawBufferPointer(start: lowercaseName.utf8Start, count: lowercaseName.utf8CodeUnitCount)
      return headers.first { $0.name.isSame(as: name) }?.value
    }

    private static func lent(_ text: String) -> UnsafeRawBufferPointer {
      let place = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
      place.copyBytes(from: text.utf8)
      return UnsafeRawBufferPointer(place)
    }
  }
}
