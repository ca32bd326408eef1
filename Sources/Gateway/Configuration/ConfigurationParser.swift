import Glibc
import Phrasebook
import Runner
import Transport
import YAMLFile

/// Reads a configuration file whole: everything that is wrong with it is said at once, each with its place.
package struct ConfigurationParser {
  private let files: ConfigurationFiles
  private static let keys = [
    "data", "listeners", "credentials", "users", "clients", "accounts", "groups", "admin", "loops", "limits", "ledger",
    "runner", "backends", "routes", "homes", "phrasebook", "mappings", "watch", "log",
  ]
  private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

  /// Reads the text of a file, and through `files` what it refers to. What the file does not say is as in the one that is
  /// built in.
  package static func parse(
    _ text: String, file: String, files: ConfigurationFiles = ConfigurationFiles(nil)
  ) throws(FileFault) -> Configuration {
    let report = Spec.Report(file: file)
    let parser = ConfigurationParser(files: files)
    let found = Spec.root(of: text, report).flatMap { parser.read($0) }
    try Spec.settle(report)
    guard let found else {
      throw FileFault(diagnostics: [.init(file: file, line: 1, column: 1, text: "nothing in it")])
    }
    return found
  }

  /// The configuration that is built in.
  package static func builtIn() throws(FileFault) -> Configuration {
    try parse(Configuration.builtIn, file: "built-in")
  }

  private func read(_ root: Spec) -> Configuration? {
    guard root.isMapping else {
      root.complain("a configuration is a mapping: see deploy/dragoman.yaml")
      return nil
    }
    root.allow(Self.keys, in: "a configuration")
    root.require(["data", "listeners", "runner"], in: "a configuration")
    let limits = root["limits"].map { LimitsParser(spec: $0) }
    let listeners = ListenerParser(files: files).read(root)
    let callers = CallersParser(root: root, files: files).read()
    if callers.directory.count == 0, listeners.contains(where: { !$0.isOpen }) {
      root["listeners"]?.complain("credentials are required, and nobody has any: name users or clients")
    }
    let backends = BackendParser(files: files).read(root)
    let routes = RouteParser(backends: backends).read(root)
    let retention = retention(root)
    let log = log(root)
    guard let data = root["data"]?.text("data"),
      let runner = root["runner"].flatMap({ RunnerParser(spec: $0, files: files).read() })
    else { return nil }
    let mappings = root["mappings"]?.text("mappings")
    return Configuration(
      data: data, listeners: listeners, callers: callers, admin: admin(root), loops: loops(root),
      limits: limits?.limits() ?? Limits(), drain: limits?.drain() ?? 20, runner: runner, backends: backends,
      routes: routes, homes: homes(root, backends),
      phrasebook: root["phrasebook"].map { PhrasebookParser.parse($0) } ?? Phrasebook(phrases: []),
      mappings: mappings == "none" ? nil : mappings, retention: retention,
      watch: root["watch"]?.choice("watch", of: ["true", "false"]) != "false", log: log)
  }

  private func homes(_ root: Spec, _ backends: [Configuration.BackendPart]) -> [String: String] {
    var found: [String: String] = [:]
    for entry in root["homes"].map({ $0.isNone ? [] : $0.entries("homes") }) ?? [] {
      guard let name = entry.value.choice("backend", of: backends.map(\.name)) else { continue }
      found[entry.key] = name
    }
    return found
  }

  private func admin(_ root: Spec) -> Address? {
    guard let spec = root["admin"] else { return nil }
    spec.allow(["address"], in: "admin")
    return spec["address"].flatMap { ListenerParser.address($0) }
  }

  private func loops(_ root: Spec) -> Int {
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let spec = root["loops"], spec.text("loops") != "cores" else { return cores }
    let count = spec.integer("loops") ?? cores
    if !(1...1024).contains(count) { spec.complain("loops must be from 1 to 1024, or cores") }
    return count
  }

  private func retention(_ root: Spec) -> Configuration.Retention {
    root["ledger"]?.allow(["retention"], in: "ledger")
    guard let spec = root["ledger"]?["retention"], !spec.isNone else { return Configuration.Retention() }
    spec.allow(["days", "jobs"], in: "retention")
    func count(_ key: String) -> Int? {
      guard let value = spec[key]?.integer(key) else { return nil }
      if value < 0 { spec[key]?.complain("\(key) must not be negative") }
      return value
    }
    return Configuration.Retention(days: count("days"), jobs: count("jobs"))
  }

  private func log(_ root: Spec) -> Configuration.LogPart {
    guard let spec = root["log"] else { return Configuration.LogPart() }
    spec.allow(["level", "access", "audit"], in: "log")
    func path(_ key: String) -> String? { spec[key]?.text(key).flatMap { $0 == "none" ? nil : $0 } }
    return Configuration.LogPart(
      level: spec["level"]?.choice("log level", of: Self.levels) ?? "info", access: path("access"), audit: path("audit")
    )
  }
}

extension Spec {
  /// Whether this is the word `none`.
  var isNone: Bool { !isMapping && !isSequence && text("a value") == "none" }
}
