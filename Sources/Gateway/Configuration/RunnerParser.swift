import Runner
import YAMLFile

/// Reads the part of a configuration that is about the embedded backend.
struct RunnerParser {
  let spec: Spec
  let files: ConfigurationFiles
  private static let keys = [
    "nodes", "every-node", "groups", "queries", "commands", "variables", "output-limit", "grace", "timeout",
    "concurrency", "vote-timeout", "limits",
  ]

  func read() -> Configuration.RunnerPart? {
    spec.allow(Self.keys, in: "runner")
    spec.require(["nodes", "commands", "variables"], in: "runner")
    let inventory = NodeParser(files: files).read(spec["nodes"])
    let places = PlacesParser(spec: spec, inventory: inventory).read()
    let limits = limits()
    guard let whitelist = whitelist(), let variables = variables() else { return nil }
    return Configuration.RunnerPart(
      inventory: inventory, places: places, whitelist: whitelist, variables: variables,
      outputLimit: number("output-limit", 1 << 20), grace: number("grace", 10), timeout: number("timeout", 3600),
      concurrency: number("concurrency", 256, least: 1), voteTimeout: number("vote-timeout", 60, least: 1),
      limits: limits)
  }

  private func number(_ key: String, _ standard: Int, least: Int = 0) -> Int {
    guard let value = spec[key]?.integer(key) else { return standard }
    if value < least { spec[key]?.complain("\(key) must be \(least) or more") }
    return max(least, value)
  }

  private func limits() -> RunnerLimits {
    guard let part = spec["limits"], !part.isNone else { return RunnerLimits() }
    part.allow(["memory", "processes", "open-files", "file-size", "cpu", "cores"], in: "limits of commands")
    func limit(_ key: String) -> Int? {
      guard let value = part[key]?.integer(key) else { return nil }
      if value < 1 { part[key]?.complain("\(key) must be 1 or more") }
      return value
    }
    return RunnerLimits(
      memory: limit("memory"), processes: limit("processes"), files: limit("open-files"), fileSize: limit("file-size"),
      cpuSeconds: limit("cpu"), cores: part["cores"]?.choice("cores", of: ["true", "false"]) == "true")
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
    let keys = ["job", "node", "file"]
    part.allow(keys + ["mark"], in: "variables")
    part.require(keys, in: "variables")
    guard let job = part["job"]?.text("job"), let node = part["node"]?.text("node"),
      let file = part["file"]?.text("file")
    else { return nil }
    guard let mark = part["mark"]?.text("mark") else { return .init(job: job, node: node, file: file) }
    return .init(job: job, node: node, file: file, mark: mark)
  }
}
