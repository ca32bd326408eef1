import JobModel
import Wire

/// What becomes of every field on the way from one dialect to another, computed from the two mappings alone: the worst
/// case, of which the losses of any one document are a part (law 2).
package struct Fidelity: Sendable {
  /// One field of one kind of document.
  package struct Row: Sendable, Equatable {
    /// `job` or `submit`.
    package var document: String
    /// The hub field or column.
    package var field: String
    /// The member that says it, a JSON pointer; `*` is any row.
    package var from: String
    /// The member it becomes; nil where there is none.
    package var to: String?
    package var disposition: Disposition
    /// Why it does not simply arrive; empty where it does.
    package var because: String
  }

  package let from: String
  package let to: String
  package private(set) var rows: [Row] = []

  /// The table of a pair, each in a profile.
  package init(from: Translation.Side, to: Translation.Side) {
    self.from = from.codec.dialect.name
    self.to = to.codec.dialect.name
    for document in ["job", "submit"] {
      let source = Fidelity.carried(from, document)
      let target = Fidelity.carried(to, document)
      let read = Fidelity.read(from, document)
      let fields = Field.allCases.filter { !$0.isContext && read & (1 << UInt64($0.rawValue)) != 0 }.map(\.name)
      for name in fields + Table.allCases.flatMap({ $0.columns.map(\.name) }) where source.names.contains(name) {
        rows.append(
          Row(
            document: document, field: name, from: source.paths[name] ?? "", to: target.paths[name],
            disposition: .kept, because: ""))
        judge(&rows[rows.count - 1], from, to, isCarried: target.names.contains(name))
      }
    }
  }

  /// What a kind of document carries, its second document included: an orchestrator's nodes.
  private static func carried(_ side: Translation.Side, _ document: String) -> Carried {
    var found = Carried(side.codec.dialect, document, profile: side.profile)
    guard document == "job" else { return found }
    let nodes = Carried(side.codec.dialect, "nodes", profile: side.profile)
    found.names.formUnion(nodes.names)
    for (name, path) in nodes.paths where found.paths[name] == nil { found.paths[name] = path }
    return found
  }

  /// Fields that a reader of a kind of document can fill: bit n, field n.
  private static func read(_ side: Translation.Side, _ document: String) -> UInt64 {
    let choose = side.codec.dialect.documents[document]?.choose
    let names = choose.map { [$0.then, $0.otherwise] } ?? [document] + (document == "job" ? ["nodes"] : [])
    return names.reduce(0) { $0 | (side.codec.reader($1)?.carries ?? 0) }
  }

  private static func always(_ side: Translation.Side, _ document: String) -> Set<String> {
    let dialect = side.codec.dialect
    let own = AlwaysSaid(dialect, document, profile: side.profile).names
    return document == "job" ? own.union(AlwaysSaid(dialect, "nodes", profile: side.profile).names) : own
  }

  private func judge(_ row: inout Row, _ from: Translation.Side, _ to: Translation.Side, isCarried: Bool) {
    let target = to.codec.dialect
    if row.document == "submit", row.field == Field.kind.name { return judgeKind(&row, from, to) }
    guard isCarried else {
      let reason = target.cannot[row.field]?.reason(for: row.document) ?? tableReason(row, target)
      let isBinding = Field(name: row.field)?.isBinding ?? false
      row.disposition = reason == "derived" ? .derived : row.document == "submit" && isBinding ? .refused : .dropped
      row.because = reason == "derived" ? "other members say it" : reason ?? "\(target.name) has no member for it here"
      return
    }
    if from.codec.dialect.name == target.name, from.profile == to.profile { return }
    if row.document == "job", let narrowed = narrowing(row.field, from, to) {
      row.disposition = .narrowed
      row.because = narrowed
    } else if let narrowed = target.limit(of: row.field, in: row.document) {
      row.disposition = .narrowed
      row.because = narrowed
    } else if !Fidelity.always(to, row.document).contains(row.field) {
      row.disposition = .narrowed
      row.because = "only where nothing else takes its place"
    } else if row.from != row.to {
      row.disposition = .renamed
    }
  }

  /// A request says its kind of work by being that request.
  private func judgeKind(_ row: inout Row, _ from: Translation.Side, _ to: Translation.Side) {
    let missing = WorkKind.allCases.filter { from.codec.kinds.contains($0) && !to.codec.kinds.contains($0) }
    row.disposition = missing.isEmpty ? .derived : .refused
    row.because =
      missing.isEmpty
      ? "the request itself says it"
      : "\(to.codec.dialect.name) cannot be asked for a " + missing.map(\.name).joined(separator: ", a ")
  }

  /// Columns of rows that are not carried at all are lost with them.
  private func tableReason(_ row: Row, _ target: Dialect) -> String? {
    let table = Table.allCases.first { $0.columns.contains { $0.name == row.field } }
    return table.flatMap { target.cannot[$0.field.name]?.reason(for: row.document) }
  }

  private func narrowing(_ field: String, _ from: Translation.Side, _ to: Translation.Side) -> String? {
    let target = to.codec.dialect
    guard let writer = to.codec.writer("job", profile: to.profile) else { return nil }
    switch field {
    case "job.phase":
      let said = phases(from).filter { writer.plan.narrowedPhases & (1 << UInt32($0.rawValue)) != 0 }
      return said.isEmpty ? nil : "no word of its own for " + said.map(\.name).joined(separator: ", ")
    case "node.phase":
      let lost = writer.plan.narrowedNodes.reduce(0, |)
      let said = NodePhase.allCases.filter { lost & (1 << UInt32($0.rawValue)) != 0 }
      return said.isEmpty ? nil : "no word of its own for " + said.map(\.name).joined(separator: ", ")
    case "work.kind":
      let said = WorkKind.allCases.filter { writer.plan.narrowedKinds & (1 << UInt32($0.rawValue)) != 0 }
      return said.isEmpty ? nil : "no word of its own for " + said.map(\.name).joined(separator: ", ")
    case "job.elapsed" where writer.plan.whole & (1 << UInt64(Field.elapsed.rawValue)) != 0:
      return "\(target.name) has whole seconds"
    case "job.id":
      let holds = Fidelity.sizes[from.codec.dialect.ids.first ?? .text] ?? 0
      return holds > Fidelity.sizes[target.ids.first ?? .text] ?? 0
        ? "an id there cannot hold every id; a ledger assigns one" : nil
    default:
      let fine = from.codec.dialect.resolution(of: field), coarse = target.resolution(of: field)
      return coarse > fine ? "\(target.name) has whole seconds" : nil
    }
  }

  /// How much the forms of ids can hold, in order.
  private static let sizes: [IDForm: Int] = [.number: 0, .digits: 0, .hex: 1, .text: 2]

  /// Phases a reader of the dialect can come to: its words, and what rules and unknown words make of them.
  private func phases(_ side: Translation.Side) -> [Phase] {
    let dialect = side.codec.dialect
    var found = Set(dialect.words["phase"]?.read.map(\.value) ?? [])
    for rule in dialect.outcomes.values { found.formUnion(Fidelity.settled[rule] ?? []) }
    found.insert((dialect.unknownIsOver ? Phase.unknownOver : .unknown).rawValue)
    return Phase.allCases.filter { found.contains($0.rawValue) }
  }

  private static let settled: [OutcomeRule: [UInt8]] = [
    .byNodes: [Phase.succeeded, .failed, .crashed, .ended].map(\.rawValue),
    .byCause: [Phase.failed, .rejected, .crashed].map(\.rawValue),
    .byExit: [Phase.succeeded, .failed, .crashed].map(\.rawValue), .byStart: [Phase.failed, .rejected].map(\.rawValue),
  ]
}

extension Dialect {
  /// What the spelling of a field in a document leaves out, for people; nil when it says every value.
  func limit(of field: String, in document: String) -> String? {
    var found: String?
    _ = documents[document]?.anyValue { value in
      guard case .field(let target, let format, _, _) = value, target.name == field else { return false }
      switch format {
      case .minutes: found = "\(name) has whole minutes"
      case .hostList: found = "\(name) cannot list names with brackets or commas"
      default: break
      }
      return found != nil
    }
    return found
  }

  /// Milliseconds that a time or date of this dialect cannot say, at best; 1 for every other field.
  func resolution(of field: String) -> Int64 {
    var best: Int64?
    for document in [documents["job"], documents["nodes"]].compactMap({ $0 }) {
      _ = document.anyValue { value in
        guard case .field(let target, let format, _, _) = value, target.name == field, target.form == .time else {
          return false
        }
        best = min(best ?? format.resolution, format.resolution)
        return false
      }
    }
    return best ?? 1
  }
}
