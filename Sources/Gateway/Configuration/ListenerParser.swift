import Transport
import YAMLFile

/// Reads the doors for clients.
struct ListenerParser {
  let files: ConfigurationFiles

  func read(_ root: Spec) -> [Configuration.Listener] {
    guard let spec = root["listeners"] else { return [] }
    let items = spec.items()
    if items.isEmpty { spec.complain("there must be a listener") }
    var doors: Set<Configuration.Door> = []
    return items.compactMap { item in
      guard let found = listener(item) else { return nil }
      // Port 0 is another port every time.
      if case .address(let address) = found.door, address.port == 0 { return found }
      if !doors.insert(found.door).inserted {
        item["address"]?.complain("there is a listener at \(found.door) already")
      }
      return found
    }
  }

  private func listener(_ item: Spec) -> Configuration.Listener? {
    item.allow(["address", "dialects", "public-url", "credentials", "tls"], in: "a listener")
    item.require(["address", "credentials"], in: "a listener")
    let tls = item["tls"].flatMap { $0.isNone ? nil : TLSParser(spec: $0, files: files).read() }
    guard let door = item["address"].flatMap({ door($0) }) else { return nil }
    let isOpen = item["credentials"]?.choice("way with credentials", of: ["open", "required"]) != "required"
    if isOpen, case .address(let address) = door, !Self.isLoopback(address.host) {
      item["credentials"]?.complain(
        "'open' asks nobody for credentials: only on 127.0.0.1 or ::1, not on \(address.host)")
    }
    let dialects = item["dialects"].map { $0.texts("a dialect") }
    let url = item["public-url"]?.text("public-url")
    if let url, url != "from-host", !url.hasPrefix("http://"), !url.hasPrefix("https://") {
      item["public-url"]?.complain("'\(url)' is neither from-host nor a URL that begins with http:// or https://")
    }
    return Configuration.Listener(
      door: door, dialects: dialects == ["all"] ? nil : dialects, publicURL: url == "from-host" ? nil : url, tls: tls,
      isOpen: isOpen)
  }

  private func door(_ spec: Spec) -> Configuration.Door? {
    guard let text = spec.text("an address") else { return nil }
    guard text.hasPrefix("systemd:") else { return ListenerParser.address(spec).map { .address($0) } }
    let name = String(text.dropFirst("systemd:".count))
    if name.isEmpty { spec.complain("systemd: needs the name of a socket, as FileDescriptorName= says it") }
    return .inherited(name)
  }

  static func isLoopback(_ host: String) -> Bool { host.hasPrefix("127.") || host == "::1" || host == "localhost" }

  static func address(_ spec: Spec) -> Address? {
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
}
