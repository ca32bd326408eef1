import Foundation
import Testing

@testable import Credentials

@Suite("Secrets are never spoken") struct CanaryTests {
  static let canary = "CANARYx7Qp2mZt9Lk4Rv8Ws1Yd6Bn3Hf5Jg0CeA"

  /// All the ways Swift has to turn a value into text.
  private func spoken(_ value: Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    var texts = [String(describing: value), String(reflecting: value), "\(value)", dumped, "\([value])"]
    texts.append("\(Optional(value) as Any)")
    texts.append(String(reflecting: ["k": value]))
    texts += leaves(Mirror(reflecting: value))
    return texts
  }

  private func leaves(_ mirror: Mirror, depth: Int = 0) -> [String] {
    depth > 8
      ? [] : mirror.children.flatMap { ["\($0.value)"] + leaves(Mirror(reflecting: $0.value), depth: depth + 1) }
  }

  /// What would give the secret away: itself, its Base64, its digest, a piece of a key or of a password's line.
  private static let tells: [String] = {
    let digest = SecretDigest(of: canary)?.line.dropFirst(7) ?? ""
    let key = String(decoding: Vectors.read("keys/rsa.pem"), as: UTF8.self).split(separator: "\n")
    return [canary, Data(canary.utf8).base64EncodedString(), String(digest), "pbkdf2"] + key[1...5].map(String.init)
  }()

  @Test("however a value that holds one is printed") func printed() throws {
    let canary = Self.canary
    var generator = Seeded(5)
    let secret = try Secret(canary)
    let key = try PrivateKey(pem: Vectors.read("keys/rsa.pem"))
    let digest = try #require(SecretDigest(of: canary))
    let password = try PasswordHash(line: PasswordHash.line(for: canary, iterations: 10_000, using: &generator))
    var member = Identity("rebecca")
    (member.tokens, member.apiKeys, member.password) = (
      [digest], [try #require(SecretDigest(of: canary + "2"))], password
    )
    member.keys = [try PublicKey(pem: Vectors.read("keys/rsa-public.pem"))]
    let directory = try Directory([member])
    let record = TokenRecord(digest: digest, login: "rebecca", label: nil, issued: 0, expires: 1, used: 0)
    let door = Gatekeeper(directory, tokens: IssuedTokens(records: [record]), replays: ReplayMemory())
    let request = try Office.request(#"{"login":"rebecca","password":"\#(canary)"}"#)
    let asked = Asked("GET", "/?token=\(canary)", [("X-Authentication", canary)])
    let evidence = try Gatekeeper(try Directory([member]), tokens: IssuedTokens(), replays: ReplayMemory())
      .evidence(asked, .token, now: 0)
    let values: [Any] = [
      secret, key, digest, password, member, directory, record, door, door.tokens, request, evidence,
      try withExtendedLifetime(asked) { ShownToken(try #require(asked.header("x-authentication"))) },
      IssuedTokens.Finding.unknown,
      CallSigner.token(secret), CallSigner.bearer(secret), try CallSigner.basicKey(secret),
      try CallSigner.userAndToken(user: "u", token: secret), try CallSigner.signedHeaders(user: "u", key: key),
      Principal.claimed(user: nil, secret: canary),
    ]
    for value in values {
      for text in spoken(value) {
        for tell in Self.tells where text.contains(tell) {
          Issue.record("\(type(of: value)) says a secret")
        }
      }
      #expect(!(value is any Encodable), "\(type(of: value)) can be encoded")
    }
  }

  @Test("whatever goes wrong with it") func faults() throws {
    let canary = Self.canary
    var texts: [String] = []
    let door = try Office().door
    func heard(_ asked: Asked, _ scheme: Scheme) {
      if let fault = door.fault(asked, scheme, account: "acme", at: Office.now) { texts += spoken(fault) }
    }
    let encoded = Data(canary.utf8).base64EncodedString()
    heard(Asked("GET", "/", [("X-Authentication", canary)]), .token)
    heard(Asked("GET", "/?token=\(canary)"), .token)
    heard(Asked("GET", "/", [("Authorization", "Bearer \(canary)")]), .bearer)
    heard(Asked("GET", "/", [("Authorization", "Basic \(encoded)")]), .basicKey)
    heard(Asked("GET", "/", [("Authorization", "Basic \(canary)")]), .basicKey)
    heard(Asked("GET", "/", [("Authorization", canary)]), .basicKey)
    heard(
      Vectors.cases[0].asked.with("x-ops-authorization-1", canary).with("x-ops-userid", "rebecca"), .signedHeaders)
    #expect(texts.count > 30)
    for body in [
      #"{"login":"rebecca","password":"\#(canary)"}"#, #"{"login":"x","password":"\#(canary)","lifetime":"x"}"#,
      #"{"password":"\#(canary)"}"#, #"{"password":"\#(canary)"#,
    ] {
      do { _ = try Office().logIn(body) } catch { texts += spoken(error) }
    }
    do { _ = try Secret(canary + " ") } catch { texts += spoken(error) }
    do { _ = try Secret(canary + " x") } catch { texts += spoken(error) }
    do { _ = try SecretDigest(line: canary) } catch { texts += spoken(error) }
    do { _ = try SecretDigest(line: "sha256:" + canary) } catch { texts += spoken(error) }
    do { _ = try PasswordHash(line: canary) } catch { texts += spoken(error) }
    do { _ = try PasswordHash(line: "$pbkdf2-sha256$i=10000$\(canary)$\(canary)") } catch { texts += spoken(error) }
    do { _ = try PrivateKey(pem: Array(canary.utf8)) } catch { texts += spoken(error) }
    let pem = "-----BEGIN PRIVATE KEY-----\n\(encoded)\n-----END PRIVATE KEY-----\n"
    do { _ = try PrivateKey(pem: Array(pem.utf8)) } catch { texts += spoken(error) }
    for text in texts { #expect(!text.contains(canary) && !text.contains(encoded)) }
  }
}
