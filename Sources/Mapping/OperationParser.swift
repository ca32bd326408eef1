import JobModel
import YAMLFile

/// Reads the operations of a dialect.
struct OperationParser {
  let report: Spec.Report

  private static let keys = ["route", "reads", "answer", "page", "only-with", "over", "repeat"]
  private static let pageKeys = [
    "offset", "limit", "default", "most", "clamps", "direction", "order", "sort", "by", "sorts", "phase", "since",
    "start",
  ]
  /// What a list can be sorted by.
  static let sorts = ["number", "created", "changed", "entered", "owner", "environment", "state", "timestamp"]

  func read(_ root: Spec, into dialect: inout Dialect) {
    guard let spec = root["operations"] else { return }
    for entry in spec.entries("operations") {
      let head = entry.key.split(separator: "-").first.map(String.init) ?? entry.key
      guard let kind = Operation.Kind(rawValue: head) else {
        let known = Operation.Kind.allCases.map(\.rawValue)
        report.add(entry.mark, "'\(entry.key)' is no operation: \(suggestion(for: entry.key, among: known))")
        continue
      }
      if let operation = operation(entry, kind, dialect) { dialect.operations.append(operation) }
    }
    for needed in [Operation.Kind.submit, .get, .list] where !dialect.operations.contains(where: { $0.kind == needed })
    {
      spec.complain("operations need '\(needed.rawValue)'")
    }
  }

  private func operation(_ entry: Spec.Entry, _ kind: Operation.Kind, _ dialect: Dialect) -> Operation? {
    let spec = entry.value
    spec.allow(Self.keys, in: "an operation")
    spec.require(["route", "answer", "repeat"], in: "an operation")
    guard let route = spec["route"]?.text("route") else { return nil }
    let halves = route.split(separator: " ")
    guard halves.count == 2, halves[1].hasPrefix("/") else {
      spec["route"]?.complain("a route is a method and a path, as 'GET /jobs/{job}'")
      return nil
    }
    var operation = Operation(name: entry.key, kind: kind, method: String(halves[0]), path: [])
    operation.path = halves[1].split(separator: "/").map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
    for case .parameter(let name) in operation.path where !["account", "job", "node", "channel"].contains(name) {
      spec["route"]?.complain("'{\(name)}' is no parameter: known are {account}, {job}, {node}, {channel}")
    }
    let documents = dialect.documents.keys.sorted()
    operation.reads = spec["reads"]?.choice("document", of: documents)
    if kind == .submit, operation.reads == nil { spec.complain("a submit needs 'reads': the document of its body") }
    readAnswer(spec, into: &operation, documents)
    operation.page = spec["page"].map { page($0) }
    if let only = spec["only-with"] {
      only.allow(["query", "field", "hides"], in: "only-with")
      only.require(["query", "field"], in: "only-with")
      let names = Field.allCases.map(\.name)
      if let field = only["field"]?.choice("field", of: names).flatMap(Field.init(name:)) {
        operation.onlyWith = .init(
          query: only["query"]?.text("query") ?? "", field: field,
          hides: only["hides"]?.choice("field", of: names).flatMap(Field.init(name:)))
      }
    }
    operation.overIsIgnored =
      spec["over"]?.choice("way with a job that is over", of: ["ignored", "fault"]) == "ignored"
    let repeats = Operation.Repeat.allCases.map(\.rawValue)
    operation.repeat =
      spec["repeat"]?.choice("rule for repeating", of: repeats).flatMap(Operation.Repeat.init) ?? .never
    return operation
  }

  private func readAnswer(_ spec: Spec, into operation: inout Operation, _ documents: [String]) {
    guard let answer = spec["answer"] else { return }
    answer.allow(["status", "document", "type", "location"], in: "an answer")
    answer.require(["status"], in: "an answer")
    operation.status = answer["status"]?.integer("status") ?? 200
    operation.document = answer["document"]?.choice("document", of: documents)
    operation.type = answer["type"]?.text("type")
    if operation.document == nil, operation.type == nil { answer.complain("an answer needs 'document' or 'type'") }
    if let location = answer["location"] {
      let parser = DocumentParser(report: report, profiles: [], tables: [:])
      let wrapped = Spec(node: .init([("template", location.node)].map { (.init($0.0), $0.1) }), report: report)
      if case .template(let pieces, _)? = ValueParser(parser: parser, spec: wrapped, table: nil).value() {
        operation.location = pieces
      }
    }
  }

  private func page(_ spec: Spec) -> Operation.Page {
    spec.allow(Self.pageKeys, in: "a page")
    var page = Operation.Page()
    page.offset = spec["offset"]?.text("offset")
    page.limit = spec["limit"]?.text("limit")
    page.standard = spec["default"]?.integer("default")
    page.most = spec["most"]?.integer("most")
    page.clamps = spec["clamps"]?.flag("clamps") ?? false
    page.direction = spec["direction"]?.text("direction")
    page.ascending = spec["order"]?.choice("order", of: ["asc", "desc"]) != "desc"
    page.sort = spec["sort"]?.text("sort")
    page.by = spec["by"]?.choice("order of a list", of: Self.sorts) ?? "number"
    for entry in spec["sorts"]?.entries("sorts") ?? [] {
      page.sorts[entry.key] = entry.value.choice("order of a list", of: Self.sorts)
    }
    page.phase = spec["phase"]?.text("phase")
    page.since = spec["since"]?.text("since")
    page.start = spec["start"]?.text("start")
    return page
  }
}
