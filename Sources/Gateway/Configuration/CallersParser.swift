import Credentials
import YAMLFile

/// Reads who may call: users, clients, organizations with their groups, groups of everywhere, and for how long what they
/// show is good.
struct CallersParser {
  let root: Spec
  let files: ConfigurationFiles

  func read() -> Configuration.CallersPart {
    var part = Configuration.CallersPart(
      directory: Directory(), skew: number("skew", 900, 1...43_200),
      replays: number("replays", 1 << 20, 16...(1 << 26)),
      tokens: tokens())
    root["credentials"]?.allow(["skew", "replays", "tokens"], in: "credentials")
    let members = identities("users", .user) + identities("clients", .client)
    let accounts = root["accounts"]?.entries("accounts") ?? []
    let named = accounts.flatMap { account in
      if account.value.isMapping { account.value.allow(["groups"], in: "an account") }
      return groups(account.value["groups"], account: account.key)
    }
    do throws(SetupFault) {
      part.directory = try Directory(
        members, groups: named + groups(root["groups"], account: nil), accounts: Set(accounts.map(\.key)))
    } catch {
      place(of: error).complain("\(error)")
    }
    return part
  }

  private func identities(_ section: String, _ kind: Principal.Kind) -> [Identity] {
    (root[section]?.entries(section) ?? []).map { entry in
      IdentityParser(spec: entry.value, name: entry.key, kind: kind, files: files).read()
    }
  }

  private func groups(_ spec: Spec?, account: String?) -> [Group] {
    (spec?.entries("groups") ?? []).map { entry in
      entry.value.allow(["users", "clients", "groups", "permissions"], in: "a group")
      var group = Group(entry.key, account: account)
      group.users = names(entry.value["users"], of: "users")
      group.clients = names(entry.value["clients"], of: "clients")
      group.groups = entry.value["groups"]?.texts("a group") ?? []
      group.permissions = IdentityParser.permissions(entry.value["permissions"])
      return group
    }
  }

  /// Names that must stand in a section of their own.
  private func names(_ spec: Spec?, of section: String) -> [String] {
    (spec?.items() ?? []).compactMap { item in
      guard let name = item.text("a name") else { return nil }
      if root[section]?[name] == nil {
        item.complain("'\(name)' does not stand under '\(section)'")
        return nil
      }
      return name
    }
  }

  /// The part of the file that a fault of the whole is about.
  private func place(of fault: SetupFault) -> Spec {
    guard case .sharedSecret(_, let name) = fault else { return root["users"] ?? root["clients"] ?? root }
    return root["clients"]?[name] ?? root["users"]?[name] ?? root
  }

  private func number(_ key: String, _ standard: Int, _ range: ClosedRange<Int>) -> Int {
    guard let spec = root["credentials"]?[key], let value = spec.integer(key) else { return standard }
    if !range.contains(value) { spec.complain("\(key) must be from \(range.lowerBound) to \(range.upperBound)") }
    return min(max(value, range.lowerBound), range.upperBound)
  }

  private func tokens() -> IssuedTokens.Rules {
    var rules = IssuedTokens.Rules()
    guard let spec = root["credentials"]?["tokens"] else { return rules }
    spec.allow(["lifetime", "longest", "idle", "per-user", "total"], in: "tokens")
    func time(_ key: String) -> Int64? {
      guard let place = spec[key], !place.isNone, let text = place.text(key) else { return nil }
      guard let time = Lifetime.milliseconds(text), time > 0 else {
        place.complain("\(key) is a number followed by y, d, h, m or s, as 1h, not '\(text)'")
        return nil
      }
      return time
    }
    func count(_ key: String, _ standard: Int) -> Int {
      guard let place = spec[key], let count = place.integer(key) else { return standard }
      if count < 1 { place.complain("\(key) must be 1 or more") }
      return max(1, count)
    }
    rules.usualLifetime = time("lifetime") ?? rules.usualLifetime
    rules.longestLifetime = time("longest") ?? rules.longestLifetime
    rules.idle = time("idle")
    rules.perLogin = count("per-user", rules.perLogin)
    rules.total = count("total", rules.total)
    return rules
  }
}
