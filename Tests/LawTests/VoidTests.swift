import JobModel
import Mapping
import Testing
import Wire

/// Law 1, second half: a sealed entry is void once the hub field it stood beside has changed; the others still hold.
struct VoidLaw {
  var open: ([Foreign], JSON, String, String) -> JSON = { Sealing.open($0, in: $1, dialect: $2, name: $3) }

  func check(_ spoken: Spoken, _ field: Field, _ document: JSON) -> String? {
    let codec = Dialects.shipped[spoken.dialect]
    guard let writer = codec.writer("job", profile: spoken.profile),
      let job = Job.read(document.compact, with: codec.reader("job"))
    else { return nil }
    let own = writer.document(job)
    job.foreign += Sealing.seal(document, over: own, dialect: spoken.dialect, name: "job")
    job.change(field)
    let now = writer.document(job)
    return compare(document, own, now, open(job.foreign, now, spoken.dialect, "job"), "")
  }

  /// Where the writer says the same as before, the document is as it was; where it says something else, that stands.
  private func compare(_ document: JSON?, _ own: JSON?, _ now: JSON?, _ opened: JSON?, _ path: String) -> String? {
    if own == now { return opened == document ? nil : "\(path): sealed \(shown(document)), opened as \(shown(opened))" }
    if let before = own?.members, let after = now?.members, document?.members != nil {
      let names = (before + after + (document?.members ?? []) + (opened?.members ?? [])).map(\.name)
      return names.lazy.compactMap {
        compare(document?[$0], own?[$0], now?[$0], opened?[$0], path + "/" + $0)
      }.first
    }
    if let before = own?.elements, let after = now?.elements, before.count == after.count,
      let old = document?.elements, old.count == before.count
    {
      return before.indices.lazy.compactMap {
        compare(old[$0], before[$0], after[$0], opened?[$0], path + "/\($0)")
      }.first
    }
    return opened == now ? nil : "\(path): changed to \(shown(now)), opened as \(shown(opened))"
  }

  private func shown(_ value: JSON?) -> String { value?.compact ?? "nothing" }
}

extension Job {
  /// Gives a field another value.
  func change(_ field: Field) {
    switch field.form {
    case .text: set(field, text: (text(field) ?? "") + "+")
    case .number: set(field, text: has(field) && text(field) == "41" ? "42" : "41")
    case .bool: set(field, flag: !(flag(field) ?? false))
    case .time: set(field, integer: (integer(field) ?? 0) + 3_600_000)
    default: phase = phase == .stopped ? .running : .stopped
    }
  }
}

@Suite("Law 1: a seal is void where the hub has changed, and holds elsewhere")
struct VoidTests {
  static let fields: [Field] = [
    .phase, .command, .timeout, .created, .entered, .changed, .progress, .finished, .description, .noop, .owner, .task,
  ]

  private func breach(_ law: VoidLaw, _ spoken: Spoken, _ count: Int) -> Breach? {
    let grammar = Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile)
    return firstBreach(count, from: 21) { dice in
      let field = dice.pick(Self.fields)
      let document = grammar.document("job", &dice)
      guard law.check(spoken, field, document) != nil else { return nil }
      let small = shrunk(document) { law.check(spoken, field, $0) != nil }
      return Breach(seed: 0, what: "\(field.name): \(law.check(spoken, field, small) ?? "")", document: small.compact)
    }
  }

  @Test(arguments: Dialects.spoken)
  func voidOrHolding(_ spoken: Spoken) { #expect(breach(VoidLaw(), spoken, tries / 4) == nil) }

  @Test func aSealThatIsNeverVoidIsFound() {
    var law = VoidLaw()
    law.open = { entries, written, dialect, name in
      let blind = entries.map { entry in
        var copy = entry
        let steps = entry.path.unicodeScalars.split(separator: "/").map { String($0) }
        if steps.count == 1, entry.value != nil { copy.instead = written[steps[0]]?.compact }
        return copy
      }
      return Sealing.open(blind, in: written, dialect: dialect, name: name)
    }
    #expect(breach(law, Spoken(dialect: "xplenty", profile: "v2"), 5000) != nil)
  }
}
