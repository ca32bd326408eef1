import JobModel
import YAMLFile

/// Reads how a dialect answers: media types, the order of checks, bodies and faults.
struct AnswerParser {
  let report: Spec.Report

  func read(_ root: Spec, into dialect: inout Dialect) {
    dialect.produces = root["produces"]?.text("produces") ?? ""
    dialect.accepts = root["accepts"]?.texts("accepts") ?? []
    for entry in root["consumes"]?.entries("consumes") ?? [] {
      dialect.consumes[entry.key] = entry.value.choice("body codec", of: ["json", "form", "query"])
    }
    for item in root["checks"]?.items() ?? [] {
      let known = Dialect.Check.allCases.map(\.rawValue)
      if let name = item.choice("check", of: known), let check = Dialect.Check(rawValue: name) {
        if dialect.checks.contains(check) { item.complain("the check '\(name)' comes twice") }
        dialect.checks.append(check)
      }
    }
    for needed in [Dialect.Check.route, .method, .size, .body, .job] where !dialect.checks.contains(needed) {
      root["checks"]?.complain("checks need '\(needed.rawValue)'")
    }
    let ways = Dialect.Credential.allCases.map(\.rawValue)
    dialect.credential = root["credential"]?.choice("way to show a credential", of: ways).flatMap(
      Dialect.Credential.init)
    if dialect.checks.contains(.credential) != (root["credential"] != nil) {
      let key = root["credential"] == nil ? "checks" : "credential"
      root.complain(key: key, "the check 'credential' and the key 'credential', which says how, need each other")
    }
    dialect.size = root["size"]?.integer("size") ?? 0
    for entry in root["bodies"]?.entries("bodies") ?? [] {
      entry.value.allow(["type", "text"], in: "a body")
      entry.value.require(["type", "text"], in: "a body")
      dialect.bodies[entry.key] = .init(
        type: entry.value["type"]?.text("type") ?? "", text: entry.value["text"]?.text("text") ?? "")
    }
    readFaults(root, &dialect)
  }

  private func readFaults(_ root: Spec, _ dialect: inout Dialect) {
    guard let spec = root["faults"] else { return }
    let known = Fault.Kind.allCases.map(\.rawValue)
    for entry in spec.entries("faults") {
      guard let kind = Fault.Kind(rawValue: entry.key) else {
        report.add(entry.mark, "'\(entry.key)' is no fault: \(suggestion(for: entry.key, among: known))")
        continue
      }
      let value = entry.value
      value.allow(["status", "body", "kind", "title", "says", "headers", "allow"], in: "a fault")
      value.require(["status", "body"], in: "a fault")
      let status = value["status"]?.integer("status") ?? 500
      if !(200...599).contains(status) { value["status"]?.complain("\(status) is no HTTP status") }
      dialect.faults[kind] = .init(
        status: status, body: value["body"]?.choice("body", of: dialect.bodies.keys.sorted()) ?? "",
        kind: value["kind"]?.text("kind") ?? "", title: value["title"]?.text("title") ?? "",
        says: value["says"]?.text("says"),
        headers: value["headers"]?.entries("headers").map { ($0.key, $0.value.text("a header") ?? "") } ?? [],
        allow: value["allow"]?.flag("allow") ?? false)
    }
    let missing = known.filter { name in Fault.Kind(rawValue: name).map { dialect.faults[$0] == nil } ?? false }
    if !missing.isEmpty { spec.complain("faults has no answer for \(missing.joined(separator: ", "))") }
    let used = Set(dialect.faults.values.map(\.body))
    for name in dialect.bodies.keys where !used.contains(name) {
      root["bodies"]?[name]?.complain("no fault uses the body '\(name)'")
    }
  }
}
