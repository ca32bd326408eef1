import JobModel
import Mapping
import Testing
import Wire

/// Law 4: every phase has a word, every word a phase, and a word nobody knows is no fault.
struct WordLaw {
  var dialects = Dialects.shipped

  func check(_ spoken: Spoken) -> String? {
    let dialect = dialects[spoken.dialect].dialect
    for (name, table) in dialect.words {
      guard let words = dialect.words(name, profile: spoken.profile) else { return "no words '\(name)'" }
      for (index, value) in Words.values(table.of).enumerated() {
        // An event nobody knows is kept with the word it came with.
        if table.of == .event, value == EventKind.unknown.name { continue }
        if words.written[index].isEmpty { return "\(name): no word for \(value)" }
        if words.value(of: words.written[index]) == nil { return "\(name): '\(words.written[index])' is never read" }
      }
    }
    return phases(spoken) ?? nodes(spoken)
  }

  /// Every phase is written with a word, and every word of the platform is read as a phase.
  private func phases(_ spoken: Spoken) -> String? {
    let codec = dialects[spoken.dialect]
    let (name, key) = place(codec.dialect)
    guard let key, let writer = codec.writer(name, profile: spoken.profile)
    else { return "no member for the phase" }
    for phase in Phase.allCases {
      let job = Job()
      job.phase = phase
      guard let word = writer.document(job)[key]?.stringValue, !word.isEmpty else { return "\(phase) has no word" }
      let back = Job.read(JSON.object([.init(key, .string(word))]).compact, with: codec.reader(name))
      guard let read = back?.phase else { return "'\(word)' is not read" }
      if phase.isOver != read.isOver { return "\(phase) is written as '\(word)', which is read as \(read)" }
    }
    return nil
  }

  private func nodes(_ spoken: Spoken) -> String? {
    let codec = dialects[spoken.dialect]
    guard codec.dialect.words["node"] != nil else { return nil }
    for phase in Phase.allCases {
      for node in NodePhase.allCases {
        let job = Job()
        job.phase = phase
        job.nodeRuns = [NodeRun("n", node)]
        let documents = ["job", "nodes"].compactMap { codec.writer($0, profile: spoken.profile)?.document(job) }
        if !documents.contains(where: { $0.compact.contains("\"n\"") }) { return "a node that is \(node) is not shown" }
      }
    }
    return nil
  }

  func member(of members: [Member], _ target: Target) -> String? {
    members.first { member in
      if case .field(target, _, _, _)? = member.variants.first?.value { true } else { false }
    }?.key
  }

  /// The document with a job's phase at its top, and the member that says it.
  private func place(_ dialect: Dialect) -> (document: String, key: String?) {
    for name in ["job", "listed"] {
      if let key = member(of: dialect.documents[name]?.members ?? [], .slot(.phase)) { return (name, key) }
    }
    return ("job", nil)
  }

  /// A word nobody knows, as a job's phase.
  func unknown(_ spoken: Spoken, _ word: String) -> String? {
    let codec = dialects[spoken.dialect]
    let words = codec.dialect.words("phase", profile: spoken.profile)
    let (name, key) = place(codec.dialect)
    guard words?.value(of: word) == nil, let key else { return nil }
    guard let job = Job.read(JSON.object([.init(key, .string(word))]).compact, with: codec.reader(name)) else {
      return "refused"
    }
    let expected: Phase = Dialects.shipped[spoken.dialect].dialect.unknownIsOver ? .unknownOver : .unknown
    if job.phase != expected { return "'\(word)' is \(job.phase?.name ?? "no phase")" }
    guard let raw = job.text(.word), raw.utf8.elementsEqual(word.utf8) else { return "the word '\(word)' is lost" }
    return nil
  }
}

@Suite("Law 4: total words")
struct WordTests {
  @Test(arguments: Dialects.spoken)
  func everyPhaseHasAWord(_ spoken: Spoken) { #expect(WordLaw().check(spoken) == nil) }

  @Test(arguments: Dialects.spoken)
  func unknownWords(_ spoken: Spoken) {
    let law = WordLaw()
    let breach = firstBreach(from: 31) { dice in
      let word = dice.text()
      return law.unknown(spoken, word).map { Breach(seed: 0, what: $0, document: word) }
    }
    #expect(breach == nil)
  }

  @Test func aWordThatIsReadAsSomethingElseIsFound() throws {
    var law = WordLaw()
    law.dialects = try Dialects(planting: ("xplenty.yaml", "    stopped: stopped\n", "    stopped: ~running\n"))
    #expect(law.check(Spoken(dialect: "xplenty", profile: "v2")) != nil)
  }

  @Test func anUnknownWordOfTheWrongKindIsFound() throws {
    var law = WordLaw()
    law.dialects = try Dialects(planting: ("pushy.yaml", "\nunknown: over\n", "\nunknown: open\n"))
    #expect(law.unknown(Spoken(dialect: "pushy", profile: "server-2"), "odd") != nil)
  }
}
