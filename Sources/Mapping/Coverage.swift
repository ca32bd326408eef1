import JobModel
import YAMLFile

/// Holds a dialect against the hub: every field must be carried by its job document and by its submit document, or be
/// excused; nothing may be both. So no line of a document can go missing unnoticed.
struct Coverage {
  let dialect: Dialect
  let root: Spec

  func check() {
    guard dialect.documents["job"] != nil else { return complain("documents need 'job'") }
    let submit = dialect.documents["submit"]
    guard submit != nil else { return complain("documents need 'submit'") }
    guard !dialect.isCanonical else { return checkCanonical() }
    let answered = answered
    let asked = Carried(dialect, "submit")
    for field in Field.allCases where !field.isContext {
      let name = field.name
      judge(name, "job", carried: answered.contains(name))
      if isAsked(field) { judge(name, "submit", carried: asked.names.contains(name)) }
    }
    for table in Table.allCases {
      let carried = answered.contains(table.field.name)
      for column in table.columns where carried || table == .nodes {
        judge(column.name, "job", carried: answered.contains(column.name))
      }
    }
    checkExcuses()
  }

  /// What the job document carries, and the documents that tell more of a job.
  private var answered: Set<String> {
    ["job", "nodes", "events"].reduce(into: []) { $0.formUnion(Carried(dialect, $1).names) }
  }

  private func isAsked(_ field: Field) -> Bool { field.rawValue < Field.id.rawValue }

  private func judge(_ name: String, _ document: String, carried: Bool) {
    let excuse = dialect.cannot[name]?.reason(for: document)
    if !carried, excuse == nil {
      complain("'\(name)' is neither carried by the document '\(document)' nor excused under 'cannot'")
    }
    if carried, excuse != nil, excuse != "derived" {
      root["cannot"]?[name]?.complain("'\(name)' is carried by the document '\(document)': it needs no excuse")
    }
  }

  private func checkExcuses() {
    let columns = Table.allCases.flatMap { $0.columns.map(\.name) }
    let answered = answered
    for table in Table.allCases where table != .nodes && !answered.contains(table.field.name) {
      for column in table.columns where dialect.cannot[column.name] != nil {
        root["cannot"]?[column.name]?.complain(
          "'\(column.name)' needs no excuse of its own: no document carries '\(table.field.name)'")
      }
    }
    for entry in root["cannot"]?.entries("cannot") ?? []
    where Field(name: entry.key) == nil && !columns.contains(entry.key) {
      let known = Field.allCases.map(\.name) + columns
      root.report.add(
        entry.mark, "'\(entry.key)' is no field of the canonical job: \(suggestion(for: entry.key, among: known))")
    }
  }

  /// The canonical document must hold every field and every column, or it would not be the hub written out.
  private func checkCanonical() {
    let job = Carried(dialect, "job")
    let columns = Table.allCases.flatMap { $0.columns.map(\.name) }
    for name in Field.allCases.filter({ !$0.isContext }).map(\.name) + columns where !job.names.contains(name) {
      complain("'\(name)' is missing: the canonical job holds every field")
    }
  }

  private func complain(_ text: String) { (root["documents"] ?? root).complain(text) }
}

/// The hub fields and columns that a document of a dialect carries, with the path of the member that does.
package struct Carried {
  package var names: Set<String> = []
  /// The JSON pointer of the member, `*` for any row, by field.
  package var paths: [String: String] = [:]

  /// Of a document, in one profile or in any.
  package init(_ dialect: Dialect, _ document: String, profile: String? = nil) {
    guard let found = dialect.documents[document] else { return }
    if let choose = found.choose {
      for name in [choose.then, choose.otherwise] { add(dialect.documents[name]?.members ?? [], "", profile) }
      names.insert(Field.kind.name)
    }
    if let request = found.request, WorkKind(name: request) != nil { names.insert(Field.kind.name) }
    add(found.members, "", profile)
    if let list = found.list, list != document { add(dialect.documents[list]?.members ?? [], "", profile) }
  }

  private mutating func add(_ members: [Member], _ path: String, _ profile: String?) {
    for member in members {
      let here = path + "/" + member.key
      for variant in member.variants where profile.map({ variant.profiles?.contains($0) ?? true }) ?? true {
        add(variant.value, here, profile)
      }
    }
  }

  private mutating func add(_ value: Value, _ path: String, _ profile: String?) {
    switch value {
    case .field(let target, _, _, let peeks):
      carry(target.name, path)
      for peek in peeks { carry(peek.target.name, path + "/" + peek.key) }
    case .object(let members, _): add(members, path, profile)
    case .lone(let members): add(members, path + "/0", profile)
    case .each(let table, let members):
      carry(table.field.name, path)
      add(members, path + "/*", profile)
    case .group:
      carry(Field.nodes.name, path)
      carry("node.name", path + "/*")
      carry("node.phase", path)
    case .template(let pieces, let reads):
      if let reads { carry(reads.name, path) }
      if case .value(let target)? = pieces.first, pieces.count == 1 { carry(target.name, path) }
    case .count, .counts, .const, .foreign, .entries: break
    }
  }

  private mutating func carry(_ name: String, _ path: String) {
    names.insert(name)
    if paths[name] == nil { paths[name] = path }
  }
}
