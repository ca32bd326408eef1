import Credentials
import Phrasebook
import Transport
import YAMLFile

/// Reads where jobs may run beside this machine.
struct BackendParser {
  let files: ConfigurationFiles
  private static let keys = [
    "dialect", "number", "url", "account", "http", "tls", "credential", "times", "limits", "health", "nodes",
  ]

  /// The backends in their order.
  func read(_ root: Spec) -> [Configuration.BackendPart] {
    var found: [Configuration.BackendPart] = []
    for entry in root["backends"].map({ $0.isNone ? [] : $0.entries("backends") }) ?? [] {
      if entry.key == "runner" { root.report.add(entry.mark, "'runner' is the embedded backend's own name") }
      guard let part = backend(entry) else { continue }
      if let other = found.first(where: { $0.number == part.number }) {
        entry.value["number"]?.complain("\(part.number) is the number of \(other.name) already")
      }
      found.append(part)
    }
    return found
  }

  private func backend(_ entry: Spec.Entry) -> Configuration.BackendPart? {
    let spec = entry.value
    spec.allow(Self.keys, in: "a backend")
    spec.require(["dialect", "number", "url"], in: "a backend")
    guard let dialect = spec["dialect"]?.text("dialect"), let number = spec["number"]?.integer("number"),
      let address = address(spec)
    else { return nil }
    if number < 1 { spec["number"]?.complain("a backend's number is 1 or more, and never changes") }
    let words = dialect.split(separator: "@", maxSplits: 1).map(String.init)
    var settings = UpstreamSettings(endpoints: address.endpoints)
    settings.tls = tls(spec, secure: address.isSecure)
    settings.http = http(spec)
    settings.times = times(spec["times"])
    settings.bounds = bounds(spec["limits"])
    settings.check = check(spec["health"])
    let relays = spec["credential"]?["scheme"]?.text("scheme") == "relay"
    if relays { spec["credential"]?.allow(["scheme"], in: "a credential of scheme relay") }
    return Configuration.BackendPart(
      name: entry.key, number: Int64(number), dialect: words.first ?? "", profile: words.dropFirst().first,
      base: address.base, account: spec["account"]?.text("account"), settings: settings,
      signer: spec["credential"].flatMap { $0.isNone || relays ? nil : SignerParser(spec: $0, files: files).read() },
      relays: relays,
      nodes: nodes(spec["nodes"]), mark: spec["dialect"]?.mark)
  }

  private func nodes(_ spec: Spec?) -> NodeNames {
    guard let spec, !spec.isNone else { return NodeNames() }
    return NodeNames(
      spec.items().compactMap { item in
        item.allow(["here", "there"], in: "a rule for nodes")
        item.require(["here", "there"], in: "a rule for nodes")
        guard let here = item["here"].flatMap(PhrasebookParser.pattern),
          let there = item["there"].flatMap(PhrasebookParser.pattern)
        else { return nil }
        if Set(here.places) != Set(there.places) { item.complain("both names have the same places") }
        return (here: here, there: there)
      })
  }

  private struct Place {
    var endpoints: [UpstreamSettings.Endpoint]
    var isSecure: Bool
    var base: String
  }

  /// One URL, or several of the same kind: the platform behind them is one.
  private func address(_ spec: Spec) -> Place? {
    var found: Place?
    for item in spec["url"]?.items() ?? [] {
      guard let text = item.text("url") else { return nil }
      let name = spec["tls"]?["server-name"]?.text("server-name")
      guard let place = Self.place(text, serverName: name) else {
        item.complain("'\(text)' is no URL of a backend: write http://HOST:PORT or https://HOST:PORT")
        return nil
      }
      if let before = found {
        if before.isSecure != place.isSecure || before.base != place.base {
          item.complain("all URLs of a backend begin and end alike: only host and port may differ")
        }
        found?.endpoints += place.endpoints
      } else {
        found = place
      }
    }
    return found
  }

  private static func place(_ text: String, serverName: String?) -> Place? {
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" }
    var base = String(rest.dropFirst(authority.count))
    while base.hasSuffix("/") { base.removeLast() }
    var host = String(authority)
    var port = isSecure ? 443 : 80
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
        return nil
      }
      port = number
      host = String(authority[..<colon])
    }
    host.removeAll { $0 == "[" || $0 == "]" }
    guard !host.isEmpty, !host.contains("@"), base.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x3F }) else {
      return nil
    }
    return Place(
      endpoints: [.init(host: host, port: port, serverName: serverName)], isSecure: isSecure, base: base)
  }

  private func http(_ spec: Spec) -> UpstreamSettings.Protocols {
    spec["http"]?.choice("version of HTTP", of: ["1.1", "2"]) == "2" ? .http2 : .http1
  }

  private func tls(_ spec: Spec, secure: Bool) -> UpstreamTLS? {
    guard secure else {
      if let part = spec["tls"], !part.isNone { part.complain("tls means nothing with a URL of http") }
      return nil
    }
    let part = spec["tls"].flatMap { $0.isNone ? nil : $0 }
    part?.allow(["ca", "chain", "key", "check-host", "server-name"], in: "tls of a backend")
    var identity: TLSIdentity?
    if let chain = part?["chain"].flatMap({ files.bytes($0, "chain") }),
      let key = part?["key"].flatMap({ files.secret($0, "key") })
    {
      identity = TLSIdentity(label: part?["chain"]?.text("chain") ?? "", hosts: [], chain: chain, key: key)
    }
    let authorities = part?["ca"].flatMap { files.bytes($0, "ca") }
    let http: UpstreamSettings.Protocols =
      switch spec["http"]?.text("http") {
      case "1.1": .http1
      case "2": .http2
      default: .agreed
      }
    do throws(TLSFault) {
      return try UpstreamTLS(
        authorities: authorities, checksHost: part?["check-host"]?.flag("check-host") ?? true, identity: identity,
        http: http)
    } catch {
      (part ?? spec).complain("\(error)")
      return nil
    }
  }

  private func times(_ spec: Spec?) -> UpstreamSettings.Times {
    var times = UpstreamSettings.Times()
    spec?.allow(["connect", "first-byte", "progress", "total", "idle"], in: "times of a backend")
    func take(_ key: String, _ path: WritableKeyPath<UpstreamSettings.Times, Duration>) {
      guard let part = spec?[key], let text = part.text(key) else { return }
      guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
        return part.complain("\(key) must be a number of seconds above 0")
      }
      times[keyPath: path] = .milliseconds(Int64(seconds * 1000))
    }
    take("connect", \.connect)
    take("first-byte", \.firstByte)
    take("progress", \.progress)
    take("total", \.total)
    take("idle", \.idle)
    return times
  }

  private func bounds(_ spec: Spec?) -> UpstreamSettings.Bounds {
    var bounds = UpstreamSettings.Bounds()
    spec?.allow(["connections", "streams", "waiting", "body"], in: "limits of a backend")
    func take(_ key: String, _ path: WritableKeyPath<UpstreamSettings.Bounds, Int>) {
      guard let part = spec?[key], let value = part.integer(key) else { return }
      guard value > 0 else { return part.complain("\(key) must be 1 or more") }
      bounds[keyPath: path] = value
    }
    take("connections", \.connections)
    take("streams", \.streams)
    take("waiting", \.waiting)
    take("body", \.bodyBytes)
    return bounds
  }

  private func check(_ spec: Spec?) -> UpstreamSettings.Check? {
    guard let spec, !spec.isNone else { return nil }
    spec.allow(["path", "every"], in: "health")
    spec.require(["path"], in: "health")
    guard let path = spec["path"]?.text("path") else { return nil }
    if !path.hasPrefix("/") { spec["path"]?.complain("a path begins with /") }
    var check = UpstreamSettings.Check(path: path)
    if let seconds = spec["every"]?.integer("every") { check.every = .seconds(max(1, seconds)) }
    return check
  }
}
