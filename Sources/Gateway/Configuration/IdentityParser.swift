import Credentials
import YAMLFile

/// Reads one who may call. Secrets stand in files or in the environment, or here by their digests.
struct IdentityParser {
  let spec: Spec
  let name: String
  let kind: Principal.Kind
  let files: ConfigurationFiles
  private static let keys = [
    "accounts", "keys", "tokens", "api-keys", "password", "certificates", "permissions", "revoked",
  ]

  func read() -> Identity {
    var found = Identity(name, kind: kind)
    let isName = (1...200).contains(name.utf8.count) && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    if !isName { spec.complain("\(SetupFault.badName)") }
    guard spec.isMapping else {
      spec.complain("'\(name)' is a mapping: see deploy/dragoman.yaml")
      return found
    }
    spec.allow(Self.keys, in: "\(kind.rawValue)")
    found.accounts = accounts()
    found.keys = each("keys") { item throws(SetupFault) in
      try files.bytes(item, "a key").map { pem throws(SetupFault) in try PublicKey(pem: pem) }
    }
    found.tokens = each("tokens") { item throws(SetupFault) in try digest(item, "a token") }
    found.apiKeys = each("api-keys") { item throws(SetupFault) in try digest(item, "an API key") }
    found.password = each("password") { item throws(SetupFault) in try password(item) }.first
    if let place = spec["password"], kind == .client { place.complain("only users log in with a password") }
    found.certificates = spec["certificates"]?.texts("a common name") ?? []
    found.permissions = Self.permissions(spec["permissions"])
    found.isRevoked = spec["revoked"]?.flag("revoked") ?? false
    return found
  }

  /// Nil when nothing is said: the platforms' own rules hold.
  static func permissions(_ spec: Spec?) -> [Permission]? {
    spec?.items().compactMap { item in
      guard let text = item.text("a permission") else { return nil }
      do throws(SetupFault) { return try Permission(text) } catch {
        item.complain("\(error)")
        return nil
      }
    }
  }

  private func accounts() -> Set<String> {
    guard let spec = spec["accounts"] else { return [] }
    let names = spec.texts("an account")
    return !spec.isSequence && names == ["all"] ? ["*"] : Set(names)
  }

  private func each<Value>(_ key: String, _ read: (Spec) throws(SetupFault) -> Value?) -> [Value] {
    (spec[key]?.items() ?? []).compactMap { item in
      do throws(SetupFault) { return try read(item) } catch {
        item.complain("\(error)")
        return nil
      }
    }
  }

  private func digest(_ item: Spec, _ what: String) throws(SetupFault) -> SecretDigest? {
    guard let text = item.text(what) else { return nil }
    if text.hasPrefix("sha256:") { return try SecretDigest(line: text) }
    return try content(item, text, what, "sha256:DIGITS").map { content throws(SetupFault) in
      try SecretDigest(content: content)
    }
  }

  private func password(_ item: Spec) throws(SetupFault) -> PasswordHash? {
    guard let text = item.text("a password") else { return nil }
    if text.hasPrefix("$") { return try PasswordHash(line: text) }
    return try content(item, text, "a password", "its line $pbkdf2-sha256$…").map { content throws(SetupFault) in
      try PasswordHash(content: content)
    }
  }

  /// What a file or a variable holds. What stands here may be the secret itself, put in by mistake: it is not repeated.
  private func content(_ item: Spec, _ text: String, _ what: String, _ form: String) -> [UInt8]? {
    guard text.hasPrefix("env:") || text.hasPrefix("/") || text.hasPrefix("./") else {
      item.complain("\(what) does not stand here: write \(form), env:NAME, or a file's path from / or ./ on")
      return nil
    }
    return files.secret(item, what)
  }
}
