import YAMLFile

/// Reads the phrases and clusters of a site from YAML.
package struct PhrasebookParser {
  /// A dictionary from a node that holds `phrases` and `clusters`; what is wrong goes to the node's report.
  package static func parse(_ spec: Spec) -> Phrasebook {
    spec.allow(["phrases", "clusters", "any-cluster"], in: "a phrasebook")
    let phrases = spec["phrases"]?.items().compactMap(phrase) ?? []
    var clusters: [String: [String]] = [:]
    for entry in spec["clusters"]?.entries("clusters") ?? [] { clusters[entry.key] = entry.value.texts("a node") }
    return Phrasebook(phrases: phrases, clusters: clusters, anyCluster: spec["any-cluster"]?.texts("a node") ?? [])
  }

  private static func phrase(_ spec: Spec) -> Phrase? {
    spec.allow(["command", "task", "converge", "package"], in: "a phrase")
    var phrase = Phrase()
    phrase.command = spec["command"].flatMap(pattern)
    phrase.converge = spec["converge"].flatMap(pattern)
    if let task = spec["task"] {
      task.allow(["name", "parameters"], in: "a task")
      task.require(["name"], in: "a task")
      if let name = task["name"].flatMap(pattern) {
        phrase.task = .init(name: name, parameters: pairs(task["parameters"]))
      }
    }
    if let package = spec["package"] { phrase.package = self.package(package) }
    if phrase.kinds.count < 2 { spec.complain("a phrase needs two of command, task, converge, package") }
    return phrase
  }

  private static func package(_ spec: Spec) -> Phrase.Package? {
    spec.allow(["id", "cluster", "variables"], in: "a package")
    spec.require(["id"], in: "a package")
    guard let id = spec["id"].flatMap(pattern) else { return nil }
    let asEnvironment = spec["variables"].map {
      !$0.isMapping && $0.choice("way with variables", of: ["environment"]) != nil
    }
    return .init(
      id: id, cluster: spec["cluster"].flatMap(pattern),
      variables: asEnvironment ?? false ? [] : pairs(spec["variables"]), variablesAreEnvironment: asEnvironment ?? false
    )
  }

  private static func pairs(_ spec: Spec?) -> [(name: String, value: Pattern)] {
    spec?.entries("a mapping of names to patterns").compactMap { entry in
      pattern(entry.value).map { (name: entry.key, value: $0) }
    } ?? []
  }

  /// A pattern; nil, and complained of, when the text is none.
  package static func pattern(_ spec: Spec) -> Pattern? {
    guard let text = spec.text("a pattern") else { return nil }
    guard let pattern = Pattern(text) else {
      spec.complain("'\(text)' is no pattern: a place is {name}, comes once, and two places do not touch")
      return nil
    }
    return pattern
  }
}
