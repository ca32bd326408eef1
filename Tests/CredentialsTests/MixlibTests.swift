import Credentials
import Subprocess
import Testing
import Wire

@Suite("Chef's own library, beside ours") struct MixlibTests {
  static let user = "rebecca"
  static let time = "2026-11-22T10:15:30Z"

  struct Signed {
    var version: String
    var method: String
    var path: String
    var body: String
    var headers: [(String, String)]
    var asked: Asked { Asked(method, path, headers, body: body) }
  }

  static let requests: [(method: String, path: String, body: String)] = [
    ("POST", "/organizations/acme/pushy/jobs", #"{"command":"chef-client","nodes":["n1","n2"],"run_timeout":60}"#),
    ("GET", "/organizations/acme/pushy/jobs", ""),
    ("GET", "/organizations/acme//pushy/jobs/0123456789abcdef0123456789abcdef/", ""),
    ("PUT", "/", "\u{E9}\u{1F9ED} \\u00e9\n"),
    ("DELETE", "/organizations/a%20b/pushy/jobs", String(repeating: "x", count: 100_000)),
  ]

  /// Runs the script of the fixtures with an order on its standard input.
  static func mixlib(_ order: JSON) async throws -> JSON {
    let result = try await Subprocess.run(
      .name("ruby"), arguments: [Vectors.folder + "mixlib.rb"], input: .string(order.compact),
      output: .bytes(limit: 1 << 22), error: .string(limit: 1 << 16))
    #expect(
      result.terminationStatus.isSuccess,
      "needs the Debian package ruby-mixlib-authentication: \(result.standardError)")
    return try JSON(parsing: result.standardOutput)
  }

  static func object(_ members: [(String, JSON)]) -> JSON { .object(members.map { JSON.Member($0.0, $0.1) }) }

  static func text(_ name: String) -> JSON { .string(String(decoding: Vectors.read(name), as: UTF8.self)) }

  /// Every request in every version, as mixlib signs it.
  static func signed() async throws -> [Signed] {
    var all: [Signed] = []
    for version in ["1.0", "1.1", "1.3"] {
      for request in requests {
        all.append(
          Signed(version: version, method: request.method, path: request.path, body: request.body, headers: []))
      }
    }
    let calls = all.map { one in
      object([
        ("method", .string(one.method)), ("path", .string(one.path)), ("body", .string(one.body)),
        ("time", .string(time)), ("user", .string(user)), ("version", .string(one.version)),
      ])
    }
    let answer = try await mixlib(
      object([("do", .string("sign")), ("private", text("keys/rsa.pem")), ("calls", .array(calls))]))
    for (index, headers) in (answer.elements ?? []).enumerated() {
      guard case .object(let members) = headers else { continue }
      all[index].headers = members.map { ($0.name, $0.value.stringValue ?? "") }
    }
    return all
  }

  static func gatekeeper() throws -> Gatekeeper {
    var member = Identity(user)
    member.keys = [try PublicKey(pem: Vectors.read("keys/rsa-public.pem"))]
    return Gatekeeper(try Directory([member]), tokens: IssuedTokens(), replays: ReplayMemory())
  }

  @Test("what mixlib signs we accept, and refuse when anything was altered") func verifying() async throws {
    let door = try Self.gatekeeper()
    let all = try await Self.signed()
    #expect(all.count == 15)
    var refused = 0
    func refuse(_ asked: Asked, _ what: String, _ one: Signed) {
      refused += 1
      #expect(door.fault(asked, at: Vectors.now) != nil, "\(what) of \(one.version) \(one.path)")
    }
    for one in all {
      #expect(one.headers.count >= 10)
      #expect(door.fault(one.asked, at: Vectors.now) == nil, "\(one.version) \(one.method) \(one.path)")
      for (name, value) in one.headers {
        refuse(one.asked.with(name.lowercased(), nil), "no \(name)", one)
        refuse(one.asked.with(name.lowercased(), ""), "empty \(name)", one)
        guard let last = value.utf8.last, name.lowercased() != "x-ops-sign" else { continue }
        let other = last == UInt8(ascii: "A") ? "B" : "A"
        refuse(one.asked.with(name.lowercased(), String(value.dropLast()) + other), "changed \(name)", one)
      }
      let others = ["1.0", "1.1", "1.2", "1.3"].filter { $0 != one.version }
      for version in others { refuse(one.asked.with("x-ops-sign", "version=\(version)"), "version", one) }
      let asked = one.asked
      for (what, change) in Self.changes {
        let changed = asked.copy()
        change(changed)
        refuse(changed, what, one)
      }
      #expect(door.fault(asked, at: Vectors.now + 900_000) != nil)
      #expect(door.fault(asked, at: Vectors.now - 900_000) != nil)
    }
    #expect(refused > 400)
  }

  static let changes: [(String, @Sendable (Asked) -> Void)] = [
    ("the method", { $0.method = Array("PATCH".utf8) }),
    ("the path", { $0.path += Array("/x".utf8) }),
    ("the body", { $0.body.append(UInt8(ascii: " ")) }),
    ("the time", { $0.headers = $0.with("x-ops-timestamp", "2026-11-22T10:15:31Z").headers }),
    ("the user", { $0.headers = $0.with("x-ops-userid", "rebeccb").headers }),
  ]

  @Test("what we sign mixlib verifies, and refuses when anything was altered") func signing() async throws {
    let key = try PrivateKey(pem: Vectors.read("keys/rsa.pem"))
    var calls: [JSON] = []
    var expected: [Bool] = []
    for version in [SignatureVersion.v1_0, .v1_1, .v1_3] {
      for apiVersion in [nil, 0, 2] {
        let signer = try CallSigner.signedHeaders(user: Self.user, key: key, version: version, apiVersion: apiVersion)
        for request in Self.requests {
          let headers = try Array(request.body.utf8).withUnsafeBytes {
            try signer.headers(
              method: request.method, target: request.path + "?include_file=true", body: $0, now: Vectors.now)
          }
          for (method, path, body, fine) in [
            (request.method, request.path, request.body, true), ("HEAD", request.path, request.body, false),
            (request.method, request.path + "x", request.body, false),
            (request.method, request.path, request.body + "x", false),
          ] {
            let members = headers.map { ($0.name, JSON.string($0.value)) }
            calls.append(
              Self.object([
                ("method", .string(method)), ("path", .string(path)), ("body", .string(body)),
                ("headers", Self.object(members)),
              ]))
            expected.append(fine)
          }
        }
      }
    }
    let answer = try await Self.mixlib(
      Self.object([("do", .string("verify")), ("public", Self.text("keys/rsa-public.pem")), ("calls", .array(calls))]))
    #expect(answer.elements?.map { $0.boolValue ?? false } == expected)
    #expect(expected.count == 180)
  }
}
