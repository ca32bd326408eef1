import Phrasebook
import Runner
import Transport
import YAMLFile

/// Reads a configuration file whole: everything that is wrong with it is said at once, each with its place.
package struct ConfigurationParser {
  private let report: Spec.Report
  private static let keys = ["data", "listeners", "admin", "limits", "runner", "phrasebook", "mappings", "log"]
  private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

  /// Reads the text of a file. What the file does not say is as in the one that is built in.
  package static func parse(_ text: String, file: String) throws(FileFault) -> Configuration {
    let report = Spec.Report(file: file)
    let parser = ConfigurationParser(report: report)
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
    let limits = root["limits"]
    guard let data = root["data"]?.text("data"), let runner = root["runner"].flatMap({ RunnerParser(spec: $0).read() })
    else { return nil }
    root["log"]?.allow(["level"], in: "log")
    let mappings = root["mappings"]?.text("mappings")
    return Configuration(
      data: data, listeners: listeners(root), admin: admin(root), limits: limits.map { self.limits($0) } ?? Limits(),
      drain: limits?["drain"]?.integer("drain") ?? 20, runner: runner,
      phrasebook: root["phrasebook"].map { PhrasebookParser.parse($0) } ?? Phrasebook(phrases: []),
      mappings: mappings == "none" ? nil : mappings,
      logLevel: root["log"]?["level"]?.choice("log level", of: Self.levels) ?? "info")
  }

  private func listeners(_ root: Spec) -> [Configuration.Listener] {
    guard let spec = root["listeners"] else { return [] }
    let found = spec.items().compactMap { item -> Configuration.Listener? in
      item.allow(["address", "dialects", "public-url", "credentials"], in: "a listener")
      item.require(["address", "credentials"], in: "a listener")
      guard let address = item["address"].flatMap({ self.address($0) }) else { return nil }
      let credentials = item["credentials"]?.choice("way with credentials", of: ["open"])
      if credentials == "open", !isLoopback(address.host) {
        item["credentials"]?.complain(
          "'open' asks nobody for credentials: only on 127.0.0.1 or ::1, not on \(address.host)")
      }
      let dialects = item["dialects"].map { $0.texts("a dialect") }
      let url = item["public-url"]?.text("public-url")
      if let url, url != "from-host", !url.hasPrefix("http://"), !url.hasPrefix("https://") {
        item["public-url"]?.complain("'\(url)' is neither from-host nor a URL that begins with http:// or https://")
      }
      return Configuration.Listener(
        address: address, dialects: dialects == ["all"] ? nil : dialects, publicURL: url == "from-host" ? nil : url)
    }
    if found.isEmpty { spec.complain("there must be a listener") }
    return found
  }

  private func isLoopback(_ host: String) -> Bool { host.hasPrefix("127.") || host == "::1" || host == "localhost" }

  private func admin(_ root: Spec) -> Address? {
    guard let spec = root["admin"] else { return nil }
    spec.allow(["address"], in: "admin")
    return spec["address"].flatMap { address($0) }
  }

  private func address(_ spec: Spec) -> Address? {
    guard let text = spec.text("an address") else { return nil }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else {
      spec.complain("'\(text)' is no address: write HOST:PORT, as 127.0.0.1:8080 or [::1]:8080")
      return nil
    }
    let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
    return Address(host: String(host), port: port)
  }

  private func limits(_ spec: Spec) -> Limits {
    let keys = [
      "connections", "streams", "header-fields", "header-bytes", "cheap-frames", "first-byte", "progress", "answer",
      "drain",
    ]
    spec.allow(keys, in: "limits")
    var limits = Limits()
    func set(_ key: String, _ range: ClosedRange<Int>, _ take: (Int) -> Void) {
      guard let value = spec[key]?.integer(key) else { return }
      if range.contains(value) {
        take(value)
      } else {
        spec[key]?.complain("\(key) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
      }
    }
    set("connections", 1...1_000_000) { limits.connections = $0 }
    set("streams", 1...10_000) { limits.streams = $0 }
    set("header-fields", 10...10_000) { limits.headerCount = $0 }
    set("header-bytes", 1024...1_048_576) { limits.headerBytes = $0 }
    set("cheap-frames", 10...1_000_000) { limits.cheapFramesPerSecond = $0 }
    set("first-byte", 1...3600) { limits.timeToFirstByte = .seconds($0) }
    set("progress", 1...3600) { limits.timeWithoutProgress = .seconds($0) }
    set("answer", 1...3600) { limits.timeToAnswer = .seconds($0) }
    set("drain", 0...3600) { _ in }
    return limits
  }
}
