import JobModel
import Phrasebook
import YAMLFile

/// Reads which new jobs go where.
struct RouteParser {
  let backends: [Configuration.BackendPart]

  func read(_ root: Spec) -> [Configuration.RoutePart] {
    (root["routes"].map { $0.isNone ? [] : $0.items() } ?? []).compactMap { item in
      item.allow(["dialect", "account", "work", "node", "share", "backend", "allow-losses"], in: "a route")
      item.require(["backend"], in: "a route")
      guard let backend = item["backend"]?.choice("backend", of: backends.map(\.name) + ["runner"]) else { return nil }
      return Configuration.RoutePart(
        dialect: item["dialect"]?.text("dialect"), account: item["account"]?.text("account"),
        work: item["work"].flatMap(PhrasebookParser.pattern), node: item["node"].flatMap(PhrasebookParser.pattern),
        share: share(item["share"]),
        backend: backend, allowed: allowed(item["allow-losses"]))
    }
  }

  private func share(_ spec: Spec?) -> Int? {
    guard let spec, let share = spec.integer("share") else { return nil }
    if !(0...100).contains(share) { spec.complain("share is a percentage, from 0 to 100") }
    return share
  }

  private func allowed(_ spec: Spec?) -> Set<String> {
    var found: Set<String> = []
    for item in spec?.items() ?? [] {
      guard let name = item.text("a field") else { continue }
      guard let field = Field(name: name), field.isBinding else {
        let known = Field.allCases.filter(\.isBinding).map(\.name)
        item.complain("'\(name)' is no field that is refused when it would be lost: \(known.joined(separator: ", "))")
        continue
      }
      found.insert(name)
    }
    return found
  }
}
