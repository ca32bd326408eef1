import Credentials
import YAMLFile

/// Reads how the gateway says to a backend who it is. Secrets come from files or the environment.
struct SignerParser {
  let spec: Spec
  let files: ConfigurationFiles
  private static let schemes = ["signed-headers", "token", "basic-key", "bearer", "user-and-token", "relay"]

  func read() -> CallSigner? {
    spec.require(["scheme"], in: "a credential")
    guard let scheme = spec["scheme"]?.choice("scheme", of: Self.schemes) else { return nil }
    do throws(SetupFault) {
      switch scheme {
      case "signed-headers": return try signedHeaders()
      case "token": return try secret("token", scheme).map { .token($0) }
      case "basic-key": return try secret("key", scheme).map { key throws(SetupFault) in try .basicKey(key) }
      case "bearer": return try secret("token", scheme).map { .bearer($0) }
      default:
        spec.allow(["scheme", "user", "token"], in: "a credential of scheme \(scheme)")
        spec.require(["user", "token"], in: "a credential of scheme \(scheme)")
        guard let user = spec["user"]?.text("user"), let token = try value("token") else { return nil }
        return try .userAndToken(user: user, token: token)
      }
    } catch {
      spec.complain("\(error)")
      return nil
    }
  }

  private func signedHeaders() throws(SetupFault) -> CallSigner? {
    spec.allow(["scheme", "user", "key", "version"], in: "a credential of scheme signed-headers")
    spec.require(["user", "key"], in: "a credential of scheme signed-headers")
    guard let user = spec["user"]?.text("user"), let pem = spec["key"].flatMap({ files.secret($0, "key") }) else {
      return nil
    }
    let version: SignatureVersion =
      switch spec["version"]?.choice("version", of: ["1.0", "1.1", "1.3"]) {
      case "1.0": .v1_0
      case "1.3": .v1_3
      default: .v1_1
      }
    return try .signedHeaders(user: user, key: try PrivateKey(pem: pem), version: version)
  }

  private func secret(_ key: String, _ scheme: String) throws(SetupFault) -> Secret? {
    spec.allow(["scheme", key], in: "a credential of scheme \(scheme)")
    spec.require([key], in: "a credential of scheme \(scheme)")
    return try value(key)
  }

  /// The text of a secret without the end of its line.
  private func value(_ key: String) throws(SetupFault) -> Secret? {
    guard var bytes = spec[key].flatMap({ files.secret($0, key) }) else { return nil }
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return try Secret(String(decoding: bytes, as: UTF8.self))
  }
}
