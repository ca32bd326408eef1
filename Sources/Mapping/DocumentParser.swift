import JobModel
import YAMLFile

/// Reads the `documents` of a mapping file.
struct DocumentParser {
  let report: Spec.Report
  let profiles: [String]
  let tables: [String: Words]
  /// How many objects stand around what is read now.
  var depth = 0
  /// Whether what is read now belongs to the body of a request.
  var isRequest = false

  static let documentKeys = [
    "of", "like", "without", "list", "request", "not-object", "unknown-member", "null", "duplicates", "unwrap",
    "choose",
  ]
  static let variantKeys = [
    "is", "as", "in", "when", "absent", "omit", "one-way", "required", "loose", "also", "peeks", "of", "omit-empty",
    "each", "group", "count", "counts", "const", "template", "reads", "foreign", "entries", "default", "object",
    "one-of", "lone", "unset", "before", "after",
  ]
  static let sayings = ["wrong", "empty", "repeated", "prefix", "undecodable", "long"]

  /// All documents, those that are `like` others resolved.
  func documents(_ spec: Spec) -> [String: Document] {
    var found: [String: Document] = [:]
    for entry in spec.entries("documents") {
      entry.value.allow(Self.documentKeys, in: "a document")
      var document = document(entry)
      if let like = entry.value["like"],
        let name = like.choice("document above this one", of: Array(found.keys).sorted())
      {
        document.members = found[name]?.members ?? []
        for gone in entry.value["without"]?.texts("without") ?? [] {
          if !document.members.contains(where: { $0.key == gone }) {
            entry.value["without"]?.complain("'\(name)' has no member '\(gone)'")
          }
          document.members.removeAll { $0.key == gone }
        }
      }
      if document.members.isEmpty, document.list == nil, document.choose == nil {
        report.add(entry.mark, "document '\(entry.key)' is empty: it needs 'of', 'like', 'list' or 'choose'")
      }
      found[entry.key] = document
    }
    checkReferences(spec, found)
    return found
  }

  private func document(_ entry: Spec.Entry) -> Document {
    let spec = entry.value
    var document = Document(name: entry.key)
    var inner = self
    inner.isRequest = spec["request"] != nil
    if let of = spec["of"] { document.members = inner.members(of, table: nil) }
    document.list = spec["list"]?.text("list")
    let kinds = WorkKind.allCases.map(\.name) + ["any", "none"]
    document.request = spec["request"]?.choice("kind of work", of: kinds)
    if document.request != nil { spec.require(["null", "duplicates"], in: "a request") }
    document.rules.notObject = spec["not-object"]?.text("not-object")
    document.rules.unknownMember = spec["unknown-member"]?.text("unknown-member")
    document.rules.nullIsWrong = spec["null"]?.choice("meaning of null", of: ["wrong", "absent"]) == "wrong"
    if let word = spec["duplicates"]?.choice("rule for duplicates", of: Document.Duplicates.allCases.map(\.rawValue)) {
      document.rules.duplicates = Document.Duplicates(rawValue: word) ?? .last
    }
    document.rules.unwrap = spec["unwrap"]?.text("unwrap")
    if let choose = spec["choose"] {
      choose.allow(["has", "then", "else"], in: "choose")
      choose.require(["has", "then", "else"], in: "choose")
      document.choose = Document.Choose(
        has: choose["has"]?.text("has") ?? "", then: choose["then"]?.text("then") ?? "",
        otherwise: choose["else"]?.text("else") ?? "")
    }
    return document
  }

  private func checkReferences(_ spec: Spec, _ found: [String: Document]) {
    for (name, document) in found {
      let names = [document.list, document.choose?.then, document.choose?.otherwise].compactMap { $0 }
      for other in names where found[other] == nil {
        spec[name]?.complain("there is no document '\(other)': \(suggestion(for: other, among: found.keys.sorted()))")
      }
    }
  }

  /// Objects inside objects: a writing has so many marks for taking an empty one back.
  static let deepest = 8

  /// The same parser, one object further in.
  var deeper: DocumentParser {
    var inner = self
    inner.depth += 1
    return inner
  }

  /// The members of an object.
  func members(_ spec: Spec, table: Table?) -> [Member] {
    var seen: Set<String> = []
    let found = spec.entries("members").map { entry in
      seen.insert(entry.key)
      let list = entry.value.isSequence ? entry.value.items() : [entry.value]
      let variants = list.map { variant($0, table: table) }
      VariantCheck(profiles: profiles, report: report).check(list, variants)
      return Member(key: entry.key, variants: variants.compactMap { $0 }, line: entry.mark?.line ?? 0)
    }
    if depth > DocumentParser.deepest {
      spec.complain("objects stand \(depth) deep here: \(DocumentParser.deepest) are the most")
    }
    if found.isEmpty { spec.complain("an object must have members") }
    if found.count > 64 { spec.complain("an object can have 64 members at most, this has \(found.count)") }
    return found
  }

  private func variant(_ spec: Spec, table: Table?) -> Variant? {
    spec.allow(Self.variantKeys + Self.sayings, in: "a member")
    guard let value = ValueParser(parser: self, spec: spec, table: table).value() else { return nil }
    var variant = Variant(value: value, line: spec.mark?.line ?? 0)
    if let profiles = spec["in"] {
      variant.profiles = Set(profiles.items().compactMap { $0.choice("profile", of: self.profiles) })
    }
    variant.when = spec["when"].flatMap { condition($0, table: table) }
    variant.unset = json(spec["unset"])
    variant.absent = json(spec["absent"]) ?? variant.unset
    variant.omit = json(spec["omit"])
    variant.standard = spec["default"]?.text("default") == "all" ? "all" : json(spec["default"])
    variant.oneWay = spec["one-way"]?.flag("one-way") ?? false
    variant.required = spec["required"]?.flag("required") ?? false
    variant.loose = spec["loose"]?.flag("loose") ?? false
    variant.mustBeObject = spec["object"]?.flag("object") ?? false
    variant.oneOf = spec["one-of"]?.flag("one-of") ?? false
    variant.also = spec["also"]?.texts("also") ?? []
    for rule in Self.sayings { if let text = spec[rule]?.text(rule) { variant.says[rule] = text } }
    check(spec, value, &variant, table)
    if variant.required, variant.says["wrong"] == nil { spec.complain("a required member needs 'wrong': what to say") }
    if !isRequest {
      for key in Self.sayings + ["required", "default", "object", "one-of"] where spec[key] != nil {
        spec.complain(key: key, "'\(key)' is for requests: this document needs 'request', or the member not '\(key)'")
      }
    }
    return variant
  }

  /// Keys that only some ways have.
  private func check(_ spec: Spec, _ value: Value, _ variant: inout Variant, _ table: Table?) {
    var format: Format?
    if case .field(_, let found, _, _) = value { format = found }
    variant.frame = Frame(before: spec["before"]?.text("before") ?? "", after: spec["after"]?.text("after") ?? "")
    for key in ["before", "after"] where spec[key] != nil && format != .shellWord {
      spec.complain(key: key, "'\(key)' stands around a shell-word")
    }
    if let format, [.shellWord, .hostList, .minutes].contains(format), table != nil {
      spec.complain(key: "as", "\(format.name) cannot stand in rows")
    }
    if spec["unset"] != nil, format == nil || table != nil || isRequest {
      spec.complain(key: "unset", "'unset' is a value of a field of an answer, outside rows")
    }
    if case .lone = value, isRequest || table != nil {
      spec.complain(key: "lone", "'lone' is for answers, outside rows")
    }
    let plain: [Format] = [.bool, .number, .json, .strings, .flat]
    if spec["omit"] != nil, format.map({ !plain.contains($0) }) ?? true {
      spec.complain(key: "omit", "'omit' is for \(plain.map(\.name).joined(separator: ", "))")
    }
  }

  private func json(_ spec: Spec?) -> String? {
    guard let spec, let text = spec.text("a JSON value") else { return nil }
    guard let compact = compactJSON(text) else {
      spec.complain("'\(text)' is no JSON value; write a text as '\"text\"'")
      return nil
    }
    return compact
  }

  private func condition(_ spec: Spec, table: Table?) -> Condition? {
    let entries = spec.entries("when")
    guard let entry = entries.first, entries.count == 1 else {
      spec.complain("'when' takes one word field and its values, as {job.phase: [failed]}")
      return nil
    }
    guard let target = target(entry.key, mark: entry.mark, table: table) else { return nil }
    guard target.form == .word else {
      report.add(entry.mark, "'\(entry.key)' holds no word of the hub: 'when' takes job.phase, work.kind or node.phase")
      return nil
    }
    let values = Words.values(target.wordsOf)
    var mask: UInt32 = 0
    for item in entry.value.items() {
      if let word = item.choice("value of \(entry.key)", of: values), let index = values.firstIndex(of: word) {
        mask |= 1 << UInt32(index)
      }
    }
    return Condition(target: target, mask: mask)
  }

  /// The slot or column of a name; complains when there is none.
  func target(_ name: String, mark: Mark?, table: Table?) -> Target? {
    if let field = Field(name: name) { return .slot(field) }
    if let table, let column = table.columns.firstIndex(where: { $0.name == name }) { return .column(table, column) }
    if let other = Table.allCases.first(where: { $0.columns.contains { $0.name == name } }) {
      report.add(mark, "'\(name)' belongs to a row: it can only stand inside 'each: \(other.field.name)'")
      return nil
    }
    let known = Field.allCases.map(\.name) + (table?.columns.map(\.name) ?? [])
    report.add(mark, "'\(name)' is no field of the canonical job: \(suggestion(for: name, among: known))")
    return nil
  }
}
