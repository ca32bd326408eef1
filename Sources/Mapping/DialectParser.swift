import JobModel
import YAMLFile

/// Reads one mapping file into a checked `Dialect`.
package struct DialectParser {
  private let report: Spec.Report
  private var dialect = Dialect()

  private static let keys = [
    "dialect", "about", "default", "profiles", "choose", "prefixes", "id", "counts-jobs", "canonical", "success",
    "outcome",
    "outcome-of-nodes", "dishonest", "words", "unknown", "documents", "cannot", "neutral", "carrier", "produces",
    "accepts", "consumes", "checks", "credential", "size", "bodies", "faults", "recognise", "operations",
  ]
  private static let needed = [
    "dialect", "about", "default", "profiles", "prefixes", "id", "success", "words", "unknown", "documents", "produces",
    "consumes", "checks", "size", "bodies", "faults", "operations",
  ]

  /// Reads the text of a file. Throws everything that is wrong with it, each with its place.
  package static func parse(_ text: String, file: String) throws(FileFault) -> Dialect {
    let report = Spec.Report(file: file)
    var parser = DialectParser(report: report)
    if let root = Spec.root(of: text, report) { parser.read(root) }
    guard report.diagnostics.isEmpty else {
      throw FileFault(diagnostics: report.diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
    return parser.dialect
  }

  private init(report: Spec.Report) { self.report = report }

  private mutating func read(_ root: Spec) {
    guard root.isMapping else { return root.complain("a mapping file is a mapping that begins with 'dialect: NAME'") }
    root.allow(Self.keys, in: "a mapping file")
    root.require(Self.needed, in: "a mapping file")
    dialect.name = root["dialect"]?.text("dialect") ?? ""
    dialect.about = root["about"]?.text("about") ?? ""
    readProfiles(root)
    readWords(root)
    readIdentity(root)
    if let spec = root["documents"] {
      let parser = DocumentParser(report: report, profiles: dialect.profiles, tables: dialect.words)
      dialect.documents = parser.documents(spec)
    }
    readExcuses(root)
    AnswerParser(report: report).read(root, into: &dialect)
    RecognitionParser(report: report).read(root, into: &dialect)
    OperationParser(report: report).read(root, into: &dialect)
    if report.diagnostics.isEmpty { Agreement(dialect: dialect, root: root).check() }
    if report.diagnostics.isEmpty { Coverage(dialect: dialect, root: root).check() }
  }

  private mutating func readProfiles(_ root: Spec) {
    guard let spec = root["profiles"] else { return }
    let names = spec.entries("profiles").map(\.key)
    let first = root["default"]?.choice("profile", of: names)
    dialect.profiles = [first].compactMap { $0 } + names.filter { $0 != first }
    for item in root["choose"]?.items() ?? [] {
      item.allow(["header", "has", "profile"], in: "choose")
      item.require(["header", "profile"], in: "a choice of profile")
      guard let header = item["header"]?.text("header"), let profile = item["profile"]?.choice("profile", of: names)
      else { continue }
      dialect.choices.append(.init(header: header, has: item["has"]?.text("has"), profile: profile))
    }
  }

  private mutating func readWords(_ root: Spec) {
    guard let spec = root["words"] else { return }
    for entry in spec.entries("words") where entry.key != "node-when" {
      let isOfFlags = entry.value.entries("words").allSatisfy { Words.values(.flag).contains($0.key) }
      let of = Words.Of(rawValue: entry.key) ?? (isOfFlags ? .flag : .kind)
      dialect.words[entry.key] = Words(entry.value, name: entry.key, of: of)
    }
    if dialect.words["phase"] == nil { spec.complain("words need 'phase': a word for every phase of a job") }
    for entry in spec["node-when"]?.entries("node-when") ?? [] {
      guard let phase = Phase(name: entry.key) else {
        report.add(
          entry.mark, "'\(entry.key)' is no phase: \(suggestion(for: entry.key, among: Phase.allCases.map(\.name)))")
        continue
      }
      dialect.nodeWhen[phase] = Words(entry.value, name: "node", of: .node, complete: false)
    }
    for profile in root["profiles"]?.entries("profiles") ?? [] {
      profile.value.allow(["words"], in: "a profile")
      for entry in profile.value["words"]?.entries("words") ?? [] {
        guard let base = dialect.words[entry.key] else {
          report.add(entry.mark, "there are no words '\(entry.key)' to override")
          continue
        }
        dialect.overrides[profile.key, default: [:]][entry.key] = Words(
          entry.value, name: entry.key, of: base.of, complete: false)
      }
    }
  }

  private mutating func readIdentity(_ root: Spec) {
    dialect.unknownIsOver = root["unknown"]?.choice("meaning of an unknown word", of: ["open", "over"]) == "over"
    dialect.isCanonical = root["canonical"]?.flag("canonical") ?? false
    dialect.prefixes = root["prefixes"]?.texts("prefixes") ?? []
    let forms = IDForm.allCases.map(\.rawValue)
    dialect.countsJobs = root["counts-jobs"]?.flag("counts-jobs") ?? false
    dialect.ids = root["id"]?.items().compactMap { $0.choice("form of an id", of: forms).flatMap(IDForm.init) } ?? []
    if let success = root["success"] {
      success.allow(["word", "nodes"], in: "success")
      success.require(["word"], in: "success")
      dialect.success.word = success["word"]?.text("word") ?? ""
      if dialect.words["phase"]?.value(of: dialect.success.word) == nil {
        success["word"]?.complain("no phase is read from the word '\(dialect.success.word)'")
      }
      for item in success["nodes"]?.items() ?? [] {
        if let word = item.choice("node word", of: dialect.words["node"]?.read.map(\.word) ?? []) {
          dialect.success.nodes.append(word)
        }
      }
    }
    if let spec = root["dishonest"], let name = spec.choice("phase", of: Phase.allCases.map(\.name)) {
      dialect.dishonest = Phase(name: name)
    }
    dialect.outcomes = outcomes(root["outcome"], table: "phase")
    dialect.nodeOutcomes = outcomes(root["outcome-of-nodes"], table: "node")
  }

  private func outcomes(_ spec: Spec?, table: String) -> [String: OutcomeRule] {
    var found: [String: OutcomeRule] = [:]
    for entry in spec?.entries("outcome") ?? [] {
      let words = dialect.words[table]?.read.map(\.word) ?? []
      if !words.contains(entry.key) {
        report.add(
          entry.mark, "nothing is read from the word '\(entry.key)': \(suggestion(for: entry.key, among: words))")
      }
      let rules = table == "node" ? [OutcomeRule.byStart, .byExit] : OutcomeRule.allCases
      if let rule = entry.value.choice("rule of outcome", of: rules.map(\.rawValue)) {
        found[entry.key] = OutcomeRule(rawValue: rule)
      }
    }
    return found
  }

  private mutating func readExcuses(_ root: Spec) {
    for entry in root["cannot"]?.entries("cannot") ?? [] {
      var excuse = Dialect.Excuse()
      if entry.value.isMapping {
        for only in entry.value.entries("documents") {
          if !["job", "submit", "nodes"].contains(only.key) {
            report.add(only.mark, "'\(only.key)' is none of job, submit, nodes")
          }
          excuse.only[only.key] = only.value.text("a reason")
        }
      } else {
        excuse.everywhere = entry.value.text("a reason")
      }
      dialect.cannot[entry.key] = excuse
    }
    for entry in root["neutral"]?.entries("neutral") ?? [] {
      if Field(name: entry.key) == nil { report.add(entry.mark, "'\(entry.key)' is no field of the canonical job") }
      let text = entry.value.text("a neutral value") ?? ""
      if text != "all", compactJSON(text) == nil { entry.value.complain("'\(text)' is neither JSON nor 'all'") }
      dialect.neutral[entry.key] = compactJSON(text) ?? text
    }
    if let carrier = root["carrier"] {
      carrier.allow(["field", "name", "unless-allowed"], in: "carrier")
      carrier.require(["field", "name"], in: "carrier")
      let able = Field.allCases.filter { !$0.isContext && ($0.form == .text || $0.form == .json) }.map(\.name)
      let name = carrier["field"]?.choice("field that can carry a mark", of: able) ?? ""
      dialect.carrier = (name, carrier["name"]?.text("name") ?? "")
      dialect.carrierNeedsLeave = carrier["unless-allowed"]?.choice("rule", of: ["refused"]) == "refused"
    }
  }
}
