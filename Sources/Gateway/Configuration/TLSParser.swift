import Transport
import YAMLFile

/// Reads how a listener encrypts, and the certificates it does so with.
struct TLSParser {
  let spec: Spec
  let files: ConfigurationFiles

  func read() -> TLSTerms? {
    spec.allow(["certificates", "client-certificates", "client-ca", "oldest"], in: "tls")
    spec.require(["certificates"], in: "tls")
    let identities = spec["certificates"]?.items().compactMap { identity($0) } ?? []
    let clients = clients()
    let oldest = spec["oldest"]?.choice("oldest version", of: ["1.2", "1.3"])
    guard !identities.isEmpty, identities.count == spec["certificates"]?.items().count, let clients else { return nil }
    do throws(TLSFault) {
      return try TLSTerms(
        TLSSettings(identities: identities, clients: clients, oldest: oldest == "1.3" ? .tls13 : .tls12))
    } catch {
      spec.complain("\(error)")
      return nil
    }
  }

  private func identity(_ item: Spec) -> TLSIdentity? {
    item.allow(["chain", "key", "hosts"], in: "a certificate")
    item.require(["chain", "key"], in: "a certificate")
    let chain = item["chain"].flatMap { files.bytes($0, "chain") }
    let key = item["key"].flatMap { files.secret($0, "key") }
    guard let chain, let key else { return nil }
    return TLSIdentity(
      label: item["chain"]?.text("chain") ?? "", hosts: item["hosts"]?.texts("a host") ?? [], chain: chain, key: key)
  }

  /// Nil when something is wrong, and has been said.
  private func clients() -> TLSSettings.Clients? {
    let way = spec["client-certificates"]?.choice(
      "way with clients' certificates", of: ["off", "optional", "required"])
    guard let way, way != "off" else {
      spec["client-ca"]?.complain("client-ca means nothing without client-certificates: optional or required")
      return .off
    }
    guard let place = spec["client-ca"] else {
      spec["client-certificates"]?.complain("'\(way)' needs client-ca: a file with the certificates of authorities")
      return nil
    }
    guard let authorities = files.bytes(place, "client-ca") else { return nil }
    return way == "required" ? .required(authorities: authorities) : .optional(authorities: authorities)
  }
}
