import JobModel
import YAMLFile

/// Holds the parts of a mapping file against each other, once each is right by itself.
struct Agreement {
  let dialect: Dialect
  let root: Spec

  func check() {
    checkPrefixes()
    checkRoutes()
    checkOperations()
    checkWords()
    checkBodies()
    checkLists()
    checkChoices()
    checkIDs()
  }

  private func checkPrefixes() {
    for prefix in root["prefixes"]?.items() ?? [] where !(prefix.text("a prefix") ?? "/").hasPrefix("/") {
      prefix.complain("a prefix is a path: it begins with '/'")
    }
    if dialect.prefixes.isEmpty { root["prefixes"]?.complain("a dialect needs a prefix: where its paths begin") }
    for operation in dialect.operations {
      let isOwn = dialect.prefixes.contains { prefix in
        let pieces = prefix.split(separator: "/").map(String.init)
        return pieces.count <= operation.path.count && zip(pieces, operation.path).allSatisfy { $0 == $1.text }
      }
      if !isOwn {
        route(operation)?.complain(
          "this path lies under none of the prefixes \(dialect.prefixes.joined(separator: ", "))")
      }
    }
  }

  private func checkRoutes() {
    for (index, operation) in dialect.operations.enumerated() {
      for other in dialect.operations[..<index] where other.method == operation.method && sameShape(other, operation) {
        route(operation)?.complain(
          "no request could tell '\(operation.name)' from '\(other.name)': the routes are the same")
      }
      let names = operation.path.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
      if Set(names).count < names.count { route(operation)?.complain("a parameter comes twice in this path") }
      let needed = [Operation.Kind.get: ["job"], .nodes: ["job"], .output: ["job", "node"]][operation.kind] ?? []
      for name in needed where !names.contains(name) {
        route(operation)?.complain("'\(operation.name)' needs {\(name)} in its path")
      }
    }
  }

  private func sameShape(_ one: Operation, _ other: Operation) -> Bool {
    one.path.count == other.path.count
      && zip(one.path, other.path).allSatisfy { $0.isParameter && $1.isParameter || $0 == $1 }
  }

  private func checkOperations() {
    for operation in dialect.operations {
      let spec = root["operations"]?[operation.name]
      let document = operation.document.flatMap { dialect.documents[$0] }
      if operation.kind == .list, document.map({ $0.list == nil }) ?? false {
        spec?["answer"]?["document"]?.complain(
          "'\(document?.name ?? "")' is no list: 'list' answers a document with 'list'")
      }
      if operation.kind == .get, document?.list != nil {
        spec?["answer"]?["document"]?.complain("'\(document?.name ?? "")' is a list: 'get' answers one job")
      }
      if let reads = operation.reads, let asked = dialect.documents[reads], asked.request == nil, asked.choose == nil {
        spec?["reads"]?.complain("'\(reads)' is no request: it needs 'request' and the kind of work it asks for")
      }
      guard let page = operation.page, let paged = spec?["page"] else { continue }
      if page.clamps, page.most == nil { paged.complain(key: "clamps", "'clamps' needs 'most'") }
      if let most = page.most, let standard = page.standard, standard > most {
        paged["default"]?.complain("\(standard) is more than 'most', \(most)")
      }
      if (page.sort == nil) != page.sorts.isEmpty { paged.complain("'sort' and 'sorts' need each other") }
    }
  }

  /// A word that is only written, in a profile or in a job of some phase, must be one that is read.
  private func checkWords() {
    for (profile, tables) in dialect.overrides {
      for (name, words) in tables {
        check(words, root["profiles"]?[profile]?["words"]?[name], base: dialect.words[name])
      }
    }
    for (phase, words) in dialect.nodeWhen {
      check(words, root["words"]?["node-when"]?[phase.name], base: dialect.words["node"])
    }
    for name in dialect.words.keys where !["phase", "node"].contains(name) && !isUsed(name) {
      root["words"]?.complain(key: name, "no member is spelt in the words '\(name)'")
    }
  }

  private func check(_ words: Words, _ spec: Spec?, base: Words?) {
    for (index, value) in Words.values(words.of).enumerated() where words.approximate[index] {
      let word = words.written[index]
      if base?.value(of: word) == nil, words.value(of: word) == nil {
        spec?[value]?.complain(
          "nothing is read from the word '\(word)': \(suggestion(for: word, among: base?.read.map(\.word) ?? []))")
      }
    }
  }

  private func isUsed(_ name: String) -> Bool {
    dialect.documents.values.contains { $0.anyValue { if case .field(_, _, name?, _) = $0 { true } else { false } } }
  }

  private func checkBodies() {
    let known = ["text", "plain", "title", "kind", "fault", "status", "details", "field", "number"]
    for (name, body) in dialect.bodies {
      let spec = root["bodies"]?[name]?["text"]
      for place in places(body.text) where !known.contains(place.name) {
        spec?.complain(
          at: place.offset + 1, "'{\(place.name)}' is no place of a body: \(suggestion(for: place.name, among: known))")
      }
      let used = Set(places(body.text).map(\.name))
      for (kind, fault) in dialect.faults where fault.body == name {
        let own = root["faults"]?[kind.rawValue]
        if used.contains("number"), Int(fault.kind) == nil {
          own?.complain("the body '\(name)' shows 'number': this fault needs a number as its 'kind'")
        }
        let shown = used.contains("number") ? used.union(["kind"]) : used
        for (key, value) in [("kind", fault.kind), ("title", fault.title)] {
          let used = shown
          if used.contains(key), value.isEmpty {
            own?.complain("the body '\(name)' shows '\(key)': this fault needs one")
          }
          if !used.contains(key), !value.isEmpty { own?[key]?.complain("the body '\(name)' does not show '\(key)'") }
        }
      }
      let sample = dialect.answer(Fault(.internal, "x"), as: body)
      if body.type.contains("json"), compactJSON(sample) == nil {
        spec?.complain("filled in, this is no JSON: \(sample)")
      }
    }
  }

  /// The places `{name}` of a body, and where each begins.
  private func places(_ text: String) -> [(name: String, offset: Int)] {
    var found: [(name: String, offset: Int)] = []
    let characters = Array(text)
    for (offset, character) in characters.enumerated() where character == "{" {
      let name = characters[(offset + 1)...].prefix { $0.isLetter || $0 == "-" }
      let end = offset + 1 + name.count
      if !name.isEmpty, end < characters.count, characters[end] == "}" { found.append((String(name), offset)) }
    }
    return found
  }

  private func checkLists() {
    for (name, document) in dialect.documents {
      let holds = document.members.contains { if case .entries? = $0.variants.first?.value { true } else { false } }
      if document.list != nil, !document.members.isEmpty, !holds {
        root["documents"]?[name]?.complain("a list with members of its own needs one with 'entries'")
      }
      if document.list == nil, document.anyValue({ if case .entries = $0 { true } else { false } }) {
        root["documents"]?.complain(
          key: name, "'\(name)' holds 'entries': it needs 'list', the document each of them is")
      }
      if !dialect.isCanonical, document.anyValue({ if case .foreign = $0 { true } else { false } }) {
        root["documents"]?.complain(key: name, "only the canonical documents hold 'foreign'")
      }
    }
  }

  private func checkChoices() {
    for (name, document) in dialect.documents {
      guard let choose = document.choose, let spec = root["documents"]?[name]?["choose"] else { continue }
      let members = dialect.documents[choose.then]?.members.map(\.key) ?? []
      if !members.contains(choose.has) {
        spec["has"]?.complain(
          "'\(choose.then)' has no member '\(choose.has)': \(suggestion(for: choose.has, among: members))")
      }
      if dialect.documents[choose.otherwise]?.members.contains(where: { $0.key == choose.has }) ?? false {
        spec["has"]?.complain("'\(choose.otherwise)' has a member '\(choose.has)' too: it cannot tell them apart")
      }
    }
  }

  /// A document must spell ids in a form that a path is read in, or nobody could ask for what was answered.
  private func checkIDs() {
    if dialect.ids.isEmpty { root["id"]?.complain("a dialect needs a form of ids: hex, number, digits or text") }
    let fitting: [Format: [IDForm]] = [
      .hex: [.hex], .idNumber: [.number, .digits], .idDigits: [.number, .digits], .text: [.text],
    ]
    for (name, document) in dialect.documents {
      for member in document.members {
        for variant in member.variants {
          guard case .field(.slot(.id), let format, _, _) = variant.value, let forms = fitting[format] else { continue }
          if forms.allSatisfy({ !dialect.ids.contains($0) }) {
            root["documents"]?[name]?["of"]?.complain(
              key: member.key,
              "'\(format.name)' is none of the forms of 'id': \(dialect.ids.map(\.rawValue).joined(separator: ", "))")
          }
        }
      }
    }
  }

  private func route(_ operation: Operation) -> Spec? { root["operations"]?[operation.name]?["route"] }
}

extension Operation.Segment {
  var isParameter: Bool { if case .parameter = self { true } else { false } }

  /// As it stands in a route.
  var text: String {
    switch self {
    case .literal(let text): text
    case .parameter(let name): "{\(name)}"
    }
  }
}

extension Document {
  /// Whether any value in the document, however deep, is such a one.
  func anyValue(_ test: (Value) -> Bool) -> Bool { Document.any(members, test) }

  private static func any(_ members: [Member], _ test: (Value) -> Bool) -> Bool {
    members.contains { member in
      member.variants.contains { variant in
        if test(variant.value) { return true }
        switch variant.value {
        case .object(let inner, _), .each(_, let inner), .lone(let inner): return any(inner, test)
        default: return false
        }
      }
    }
  }
}
