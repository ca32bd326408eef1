import Runner
import YAMLFile

/// Reads the nodes of the embedded backend: names of this machine, or of others that are reached by ssh.
struct NodeParser {
  let files: ConfigurationFiles

  func read(_ spec: Spec?) -> Inventory {
    var seen: Set<String> = []
    let nodes = spec?.items().compactMap { item -> InventoryNode? in
      let place = item.isMapping ? item["name"] : item
      guard let node = item.isMapping ? self.node(item) : item.text("a node").map({ InventoryNode(name: $0) }) else {
        return nil
      }
      if !seen.insert(node.name).inserted { place?.complain("there is a node '\(node.name)' already") }
      return node
    }
    return Inventory(nodes: nodes ?? [])
  }

  private func node(_ item: Spec) -> InventoryNode? {
    item.allow(["name", "groups", "concurrency", "ssh"], in: "a node")
    item.require(["name"], in: "a node")
    let ssh = item["ssh"].flatMap { target($0) }
    guard let name = item["name"]?.text("name") else { return nil }
    return InventoryNode(
      name: name, groups: item["groups"]?.texts("a group") ?? [], concurrency: positive(item["concurrency"]) ?? 1,
      ssh: ssh)
  }

  private func target(_ spec: Spec) -> SSHTarget? {
    guard spec.isMapping else { return spec.text("ssh").flatMap { target($0, spec) } }
    let keys = ["address", "port", "identity", "known-hosts", "host-keys", "options", "connect-timeout", "beat"]
    spec.allow(keys, in: "ssh")
    spec.require(["address"], in: "ssh")
    guard let address = spec["address"], var found = address.text("address").flatMap({ target($0, address) }) else {
      return nil
    }
    found.port = positive(spec["port"])
    if let key = spec["identity"] {
      _ = files.secret(key, "identity")
      found.identity = key.text("identity")
    }
    if let known = spec["known-hosts"] {
      _ = files.bytes(known, "known-hosts")
      found.knownHosts = known.text("known-hosts")
    }
    switch spec["host-keys"]?.choice("way with host keys", of: ["known", "accept-new", "any"]) {
    case "accept-new": found.hostKeys = .acceptNew
    case "any": found.hostKeys = .any
    default: found.hostKeys = .known
    }
    found.options = spec["options"]?.texts("an option") ?? []
    found.connectTimeout = positive(spec["connect-timeout"]) ?? found.connectTimeout
    found.beat = positive(spec["beat"]) ?? found.beat
    return found
  }

  private func target(_ address: String, _ spec: Spec) -> SSHTarget? {
    if address.isEmpty || address.hasPrefix("-") || address.contains(" ") {
      spec.complain("'\(address)' is no machine: write HOST or USER@HOST")
      return nil
    }
    return SSHTarget(address: address)
  }

  private func positive(_ spec: Spec?) -> Int? {
    guard let value = spec?.integer("a number") else { return nil }
    if value < 1 { spec?.complain("\(value) must be 1 or more") }
    return value
  }
}
