/// Which identity answers to which host name (RFC 6066 §3): exact names first, then `*.` for one label.
struct HostTable: Sendable {
  private var exact: [String: Int] = [:]
  private var wildcards: [String: Int] = [:]

  /// Whether it would change nothing to ask.
  var isEmpty: Bool { exact.isEmpty && wildcards.isEmpty }

  /// Enters a name; answers the identity that has it already, which keeps it.
  mutating func enter(_ host: String, for identity: Int) -> Int? {
    let name = HostTable.plain(host)
    if name.hasPrefix("*.") {
      let rest = String(name.dropFirst())
      if let other = wildcards[rest] { return other }
      wildcards[rest] = identity
    } else {
      if let other = exact[name] { return other }
      exact[name] = identity
    }
    return nil
  }

  /// The identity for the host a client named.
  func identity(for host: String) -> Int? {
    let name = HostTable.plain(host)
    if let identity = exact[name] { return identity }
    guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
    return wildcards[String(name[dot...])]
  }

  /// Letters, digits, hyphens and underscores between dots; a star as the first label.
  static func isHost(_ host: String) -> Bool {
    var labels = plain(host).split(separator: ".", omittingEmptySubsequences: false)
    if labels.first == "*" { labels.removeFirst() }
    return !labels.isEmpty && host.utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63
          && label.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 45 || $0 == 95 }
      }
  }

  /// In lower case and without the dot of the root.
  private static func plain(_ host: String) -> String {
    let lower = String(decoding: host.utf8.map { Grammar.lower($0) }, as: UTF8.self)
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}
