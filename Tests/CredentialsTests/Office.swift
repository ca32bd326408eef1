import Credentials
import Wire

/// A small site: people with every kind of credential.
struct Office {
  static let now: Int64 = 1_800_000_000_000
  static let token = "0r1fWtQy8w3lXKJ3n9oS2mVb5cZ7dHgEuTq4RpLxNaiB"
  static let apiKey = "KEY123"
  static let password = "correct horse"

  var directory: Directory
  var tokens: IssuedTokens
  var door: Gatekeeper

  /// - Parameter change: what is different about rebecca.
  init(rules: IssuedTokens.Rules = .init(), _ change: (inout Identity) -> Void = { _ in }) throws {
    var rebecca = Identity("rebecca")
    rebecca.accounts = ["acme"]
    rebecca.tokens = [try SecretDigest(line: Self.line(Self.token))]
    rebecca.apiKeys = [try SecretDigest(line: Self.line(Self.apiKey))]
    var generator = Seeded(1)
    rebecca.password = try PasswordHash(
      line: PasswordHash.line(for: Self.password, iterations: 10_000, using: &generator))
    rebecca.certificates = ["rebecca.example.com"]
    change(&rebecca)
    directory = try Directory([rebecca, Identity("other")], accounts: ["beta"])
    tokens = IssuedTokens(rules: rules)
    door = Gatekeeper(directory, tokens: tokens, replays: ReplayMemory())
  }

  static func line(_ secret: String) -> String { SecretDigest(of: secret)?.line ?? "" }

  /// Logs in with a body.
  func logIn(_ body: String, at now: Int64 = now) throws(CredentialFault) -> (token: String, record: TokenRecord) {
    var generator = SystemRandomNumberGenerator()
    return try door.logIn(try Self.request(body), now: now, using: &generator)
  }

  static func request(_ body: String) throws(CredentialFault) -> TokenRequest {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: body.utf8.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: body.utf8)
    return try TokenRequest(body: UnsafeRawBufferPointer(bytes))
  }

  /// The fault's own word, for a token in the header.
  func word(_ token: String, at now: Int64 = now) -> String? {
    door.fault(Asked("GET", "/", [("X-Authentication", token)]), .token, at: now)?.word
  }
}
