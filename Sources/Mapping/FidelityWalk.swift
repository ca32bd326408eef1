import JobModel

/// The fields that a document of a dialect always says when they have a value: not only under a condition, and not only
/// where an earlier way of saying the member had nothing to say.
struct AlwaysSaid {
  private(set) var names: Set<String> = []
  private let profile: String

  init(_ dialect: Dialect, _ document: String, profile: String) {
    self.profile = profile
    guard let found = dialect.documents[document] else { return }
    if let choose = found.choose {
      let both = [choose.then, choose.otherwise].map { AlwaysSaid(dialect, $0, profile: profile).names }
      names = both[0].union(both[1]).union([Field.kind.name])
    }
    if found.request != nil { names.insert(Field.kind.name) }
    add(found.members)
  }

  private mutating func add(_ members: [Member]) {
    for member in members {
      let first = member.variants.first { $0.profiles?.contains(profile) ?? true }
      guard let first, first.when == nil else { continue }
      add(first.value)
    }
  }

  private mutating func add(_ value: Value) {
    switch value {
    case .field(let target, _, _, _): names.insert(target.name)
    case .object(let members, _), .lone(let members): add(members)
    case .each(let table, let members):
      names.insert(table.field.name)
      add(members)
    case .group: names.formUnion([Field.nodes.name, "node.name", "node.phase"])
    case .template(let pieces, let reads):
      if let reads { names.insert(reads.name) }
      if case .value(let target)? = pieces.first, pieces.count == 1 { names.insert(target.name) }
    case .count, .counts, .const, .foreign, .entries: break
    }
  }
}
