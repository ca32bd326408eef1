import Testing
import Wire

@testable import Credentials

@Suite("Signed headers as they were recorded") struct VectorTests {
  @Test("there are ten") func count() { #expect(Vectors.cases.count == 10) }

  @Test("the text is the same, byte for byte", arguments: Vectors.cases) func text(_ one: Vectors.Case) {
    let asked = one.asked
    let api = Asked("", "/", [("v", String(one.apiVersion ?? 0))])
    let text = withExtendedLifetime((asked, api)) {
      SignedText(
        method: asked.methodBytes, target: asked.pathBytes, bodyHash: one.version.hash.base64(asked.body),
        timestamp: asked.header("x-ops-timestamp") ?? asked.pathBytes,
        user: asked.header("x-ops-userid") ?? asked.pathBytes, apiVersion: api.header("v") ?? asked.pathBytes
      ).bytes(one.version)
    }
    #expect(String(decoding: text, as: UTF8.self) == one.text)
  }

  @Test("our signature is the same, byte for byte", arguments: Vectors.cases) func signing(_ one: Vectors.Case) throws {
    let recorded = Dictionary(uniqueKeysWithValues: one.headers.map { ($0.0.lowercased(), $0.1) })
    let signer = try CallSigner.signedHeaders(
      user: Vectors.user, key: try PrivateKey(pem: Vectors.privateKey), version: one.version,
      apiVersion: recorded["x-ops-server-api-version"].flatMap { Int($0) })
    let headers = try Array(one.body.utf8).withUnsafeBytes {
      try signer.headers(method: one.method, target: one.target, body: $0, now: Vectors.now)
    }
    let ours = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
    #expect(ours == recorded)
    let pieces = (1...6).compactMap { ours["x-ops-authorization-\($0)"] }.joined()
    #expect(pieces == one.signature)
  }

  @Test("the caller is found", arguments: Vectors.cases) func verifying(_ one: Vectors.Case) throws {
    let caller = try Vectors.gatekeeper().who(one.asked, account: "acme", at: Vectors.now)
    #expect(caller.principal == Principal("gateway-tester", kind: .user))
    #expect(caller.nonce != nil)
  }

  @Test("X-Ops-Sign is taken or refused as recorded") func signHeader() throws {
    let items = Vectors.file["x_ops_sign_acceptance"]?.elements ?? []
    #expect(items.count == 11)
    for item in items {
      let asked = Asked("GET", "/", [("s", item["value"]?.stringValue ?? "")])
      let version = withExtendedLifetime(asked) { asked.header("s").flatMap { SignatureVersion($0) } }
      #expect(version?.algorithm == item["algorithm"]?.stringValue, "\(item["value"]?.stringValue ?? "")")
    }
  }

  @Test("times are taken or refused as recorded") func times() throws {
    let items = Vectors.file["timestamp_acceptance"]?.elements ?? []
    #expect(items.count == 6)
    let gatekeeper = try Vectors.gatekeeper()
    for item in items {
      let value = item["value"]?.stringValue ?? ""
      let fault = gatekeeper.fault(Vectors.cases[0].asked.with("x-ops-timestamp", value), at: Vectors.now)
      switch item["result"]?.stringValue {
      case "401 clock message"?:
        #expect(fault?.text == "Failed to authenticate as gateway-tester. Synchronize the clock on your host.")
      case "401 bad header(s) 'X-Ops-Timestamp'"?: #expect(fault?.text == "bad header(s) 'X-Ops-Timestamp'")
      default: #expect(fault == nil, "\(value)")
      }
    }
  }
}
