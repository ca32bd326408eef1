import Runner
import YAMLFile

/// Reads the part of a configuration that is about the embedded backend.
struct RunnerParser {
  let spec: Spec

  func read() -> Configuration.RunnerPart? {
    spec.allow(
      ["nodes", "every-node", "groups", "queries", "commands", "variables", "output-limit", "grace", "timeout"],
      in: "runner")
    spec.require(["nodes", "commands", "variables"], in: "runner")
    guard let whitelist = whitelist(), let variables = variables() else { return nil }
    let inventory = inventory()
    return Configuration.RunnerPart(
      inventory: inventory, places: PlacesParser(spec: spec, inventory: inventory).read(), whitelist: whitelist,
      variables: variables,
      outputLimit: positive("output-limit", 1 << 20),
      grace: positive("grace", 10), timeout: positive("timeout", 3600))
  }

  private func positive(_ key: String, _ standard: Int) -> Int {
    guard let value = spec[key]?.integer(key) else { return standard }
    if value < 0 { spec[key]?.complain("\(key) must not be negative") }
    return value
  }

  private func inventory() -> Inventory {
    let nodes = spec["nodes"]?.items().compactMap { item -> InventoryNode? in
      guard item.isMapping else { return item.text("a node").map { InventoryNode(name: $0) } }
      item.allow(["name", "groups", "concurrency"], in: "a node")
      item.require(["name"], in: "a node")
      guard let name = item["name"]?.text("name") else { return nil }
      return InventoryNode(
        name: name, groups: item["groups"]?.texts("a group") ?? [],
        concurrency: item["concurrency"]?.integer("concurrency") ?? 1)
    }
    return Inventory(nodes: nodes ?? [])
  }

  private func whitelist() -> Whitelist? {
    guard let commands = spec["commands"] else { return nil }
    var entries: [Whitelist.Entry] = []
    for entry in commands.entries("commands") {
      let lock = entry.value["lock"]?.text("lock")
      if entry.value.isMapping { entry.value.allow(["line", "lock"], in: "a command") }
      guard let line = (entry.value["line"] ?? entry.value).text("a command line") else { continue }
      let isPattern = entry.key.count > 2 && entry.key.hasPrefix("/") && entry.key.hasSuffix("/")
      let match: Whitelist.Entry.Match =
        isPattern ? .pattern(String(entry.key.dropFirst().dropLast())) : .exactly(entry.key)
      let found = Whitelist.Entry(match, line: line, lock: lock)
      do throws(WhitelistFault) { _ = try Whitelist(entries: [found]) } catch {
        spec.report.add(entry.mark, "the command '\(entry.key)' cannot be used: \(error)")
        continue
      }
      entries.append(found)
    }
    return try? Whitelist(entries: entries)
  }

  private func variables() -> RunnerSettings.Variables? {
    guard let part = spec["variables"] else { return nil }
    part.allow(["job", "node", "file"], in: "variables")
    part.require(["job", "node", "file"], in: "variables")
    guard let job = part["job"]?.text("job"), let node = part["node"]?.text("node"),
      let file = part["file"]?.text("file")
    else { return nil }
    return RunnerSettings.Variables(job: job, node: node, file: file)
  }
}
