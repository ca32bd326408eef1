import JobModel

/// A site's own dictionary: which command in one dialect is which task, package or desired state in another, and which
/// nodes a cluster is. First match wins.
package struct Phrasebook: Sendable {
  package let phrases: [Phrase]
  /// The nodes of each cluster, by its number or name.
  package let clusters: [String: [String]]
  /// The nodes of a cluster nobody named.
  package let anyCluster: [String]
  private let index: [WorkKind: PhraseIndex]
  /// The kinds of work that each phrase has words for.
  private let kinds: [Set<WorkKind>]

  /// A dictionary.
  package init(phrases: [Phrase], clusters: [String: [String]] = [:], anyCluster: [String] = []) {
    self.phrases = phrases
    self.clusters = clusters
    self.anyCluster = anyCluster
    kinds = phrases.map(\.kinds)
    index = [
      .command: PhraseIndex(phrases) { $0.command }, .task: PhraseIndex(phrases) { $0.task?.name },
      .converge: PhraseIndex(phrases) { $0.converge }, .package: PhraseIndex(phrases) { $0.package?.id },
    ]
  }

  /// What a job is called in one of the wanted kinds of work.
  package enum Wording: Sendable, Equatable {
    case command(String, environment: [Pair])
    case task(String, parameters: [Pair])
    case converge(String)
    case package(String, cluster: String?, variables: [Pair])
  }

  /// A name and a text.
  package struct Pair: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What is asked for, as plain texts.
  package struct Intent: Sendable {
    package var kind: WorkKind
    package var name: String
    package var pairs: [Pair]
    package var cluster: String?

    package init(kind: WorkKind, name: String, pairs: [Pair] = [], cluster: String? = nil) {
      self.kind = kind
      self.name = name
      self.pairs = pairs
      self.cluster = cluster
    }
  }

  /// The wording of an intent in one of the wanted kinds; nil when no phrase has one.
  package func wording(of intent: Intent, in wanted: Set<WorkKind>) -> Wording? {
    index[intent.kind]?.first(for: intent.name) { place in
      guard !kinds[place].isDisjoint(with: wanted) else { return nil }
      var captures: [String: String] = [:]
      guard matches(phrases[place], intent, &captures) else { return nil }
      return say(phrases[place], wanted, captures, intent)
    }
  }

  private func matches(_ phrase: Phrase, _ intent: Intent, _ captures: inout [String: String]) -> Bool {
    switch intent.kind {
    case .command: return phrase.command?.matchCommand(intent.name, into: &captures) ?? false
    case .converge: return phrase.converge?.match(intent.name, into: &captures) ?? false
    case .task:
      guard let task = phrase.task, task.name.match(intent.name, into: &captures) else { return false }
      return matches(task.parameters, intent.pairs, &captures)
    case .package:
      guard let package = phrase.package, package.id.match(intent.name, into: &captures) else { return false }
      if let cluster = package.cluster, !cluster.match(intent.cluster ?? "", into: &captures) { return false }
      return package.variablesAreEnvironment || matches(package.variables, intent.pairs, &captures)
    }
  }

  /// Every parameter must have its place, and every place its parameter: nothing is left out in silence.
  private func matches(
    _ patterns: [(name: String, value: Pattern)], _ pairs: [Pair], _ captures: inout [String: String]
  ) -> Bool {
    guard patterns.count == pairs.count else { return false }
    return patterns.allSatisfy { pattern in
      guard let pair = pairs.first(where: { $0.name == pattern.name }) else { return false }
      return pattern.value.match(pair.value, into: &captures)
    }
  }

  private func say(_ phrase: Phrase, _ wanted: Set<WorkKind>, _ captures: [String: String], _ intent: Intent)
    -> Wording?
  {
    if wanted.contains(.command), let line = phrase.command?.filledCommand(captures) {
      let asEnvironment = intent.kind == .package && phrase.package?.variablesAreEnvironment ?? false
      return .command(line, environment: asEnvironment ? intent.pairs : [])
    }
    if wanted.contains(.task), let task = phrase.task, let name = task.name.filled(captures),
      let parameters = filled(task.parameters, captures)
    {
      return .task(name, parameters: parameters)
    }
    if wanted.contains(.converge), let environment = phrase.converge?.filled(captures) { return .converge(environment) }
    if wanted.contains(.package), let package = phrase.package, let id = package.id.filled(captures),
      let variables = filled(package.variables, captures)
    {
      return .package(id, cluster: package.cluster?.filled(captures), variables: variables)
    }
    return nil
  }

  private func filled(_ patterns: [(name: String, value: Pattern)], _ captures: [String: String]) -> [Pair]? {
    var pairs: [Pair] = []
    for pattern in patterns {
      guard let value = pattern.value.filled(captures) else { return nil }
      pairs.append(Pair(pattern.name, value))
    }
    return pairs
  }

  /// The nodes of a cluster; nil when nobody knows it.
  package func nodes(ofCluster name: String) -> [String]? {
    clusters[name] ?? (anyCluster.isEmpty ? nil : anyCluster)
  }
}
