import JobModel
import Runner
import Wire
import YAMLFile

/// Reads which groups and queries mean which nodes of the embedded backend.
struct PlacesParser {
  let spec: Spec
  let inventory: Inventory

  /// Nodes as places of their own; then groups, by nodes and by name; then queries.
  func read() -> Places {
    let every = inventory.nodes.map(\.name)
    var found = every.map { Place(.node, $0, nodes: [$0]) }
    if let name = spec["every-node"]?.text("every-node") { found.append(Place(.group, name, nodes: every)) }
    var groups: [String: [String]] = [:]
    for node in inventory.nodes { for group in node.groups { groups[group, default: []].append(node.name) } }
    found += groups.keys.sorted().map { Place(.group, $0, nodes: groups[$0] ?? []) }
    found += sets("groups", .group, taken: Set(found.filter { $0.kind == .group }.map(\.name))) { $0 }
    found += sets("queries", .query, taken: []) { Self.canonical(query: $0) }
    return Places(found)
  }

  /// The same text for queries that are the same but for insignificant spaces. A text that is no JSON is a query in
  /// words, as JSON has texts.
  static func canonical(query text: String) -> String {
    (try? JSON(parsing: text, duplicates: .keep))?.compact ?? JSON.string(text).compact
  }

  private func sets(
    _ key: String, _ kind: Place.Kind, taken: Set<String>, name: (String) -> String
  ) -> [Place] {
    guard let part = spec[key] else { return [] }
    return part.entries(key).compactMap { entry in
      let name = name(entry.key)
      if taken.contains(name) {
        spec.report.add(entry.mark, "the \(kind.rawValue) '\(name)' has its nodes already: they name it themselves")
      }
      let nodes = entry.value.texts("a node")
      for node in nodes where inventory[node] == nil {
        spec.report.add(entry.value.mark, "there is no node '\(node)' under 'nodes'")
      }
      return Place(kind, name, nodes: nodes)
    }
  }
}
