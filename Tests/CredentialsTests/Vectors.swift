import Credentials
import Foundation
import Testing
import Wire

/// The recorded signatures of every version, and keys of every kind.
struct Vectors {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var version: SignatureVersion
    var method: String
    var target: String
    var path: String
    var body: String
    var apiVersion: Int?
    var text: String
    var signature: String
    var headers: [(String, String)]
    var testDescription: String { name }
    var asked: Asked { Asked(method, target, headers, body: body) }
  }

  static let folder = #filePath.components(separatedBy: "/Tests/")[0] + "/Tests/Fixtures/credentials/"

  static func read(_ name: String) -> [UInt8] {
    FileManager.default.contents(atPath: folder + name).map { Array($0) } ?? []
  }

  static let file = (try? JSON(parsing: read("signed-headers.json"))) ?? .null
  static let user = file["user_id"]?.stringValue ?? ""
  static let publicKey = Array((file["public_key_pem_spki"]?.stringValue ?? "").utf8)
  static let privateKey = Array((file["private_key_pem_pkcs1"]?.stringValue ?? "").utf8)

  /// When the recorded requests were made: 2026-11-22T10:15:30Z, in milliseconds.
  static let now: Int64 = 1_795_342_530_000

  static let cases: [Case] = (file["cases"]?.elements ?? []).compactMap { item in
    guard let version = item["protocol_version"]?.stringValue.flatMap(SignatureVersion.init(rawValue:)),
      case .object(let headers)? = item["headers"]
    else { return nil }
    let text = { (name: String) in item[name]?.stringValue ?? "" }
    return Case(
      name: text("name"), version: version, method: text("method"), target: text("request_target"),
      path: text("canonical_path"), body: text("body_utf8"),
      apiVersion: item["server_api_version_signed"]?.integerValue.map(Int.init), text: text("canonical_request"),
      signature: text("signature_base64"), headers: headers.map { ($0.name, $0.value.stringValue ?? "") })
  }

  /// A gatekeeper that knows the recorded user and nobody else.
  static func gatekeeper(skew: Int64 = 900) throws -> Gatekeeper {
    var member = Identity(user)
    member.keys = [try PublicKey(pem: publicKey)]
    member.accounts = ["acme"]
    return Gatekeeper(try Directory([member]), tokens: IssuedTokens(), replays: ReplayMemory(), skew: skew)
  }
}
