import JobModel
import Mapping
import Testing
import Wire

/// Law 7: ids are injective, reversible and keyed; the id asked for is the id returned.
struct IDLaw {
  var hex: (UInt64) -> String = { JobIDs().hex($0) }
  var dialects = Dialects.shipped
  var hubID: (Codec, String) -> String? = { $0.dialect.hubID($1, JobIDs()) }

  func reversible(_ number: UInt64) -> String? {
    let text = hex(number)
    if !JobIDs.isHex(text.utf8) { return "\(text) is not 32 digits" }
    if JobIDs().number(text.utf8) != number { return "\(number) comes back as something else" }
    if JobIDs(key: (1, 2)).number(text.utf8) != nil { return "\(text) is believed under another key" }
    return nil
  }

  func injective(_ numbers: [UInt64]) -> String? {
    let distinct = Set(numbers)
    return Set(distinct.map { hex($0) }).count == distinct.count ? nil : "two numbers share an id"
  }

  /// The id of a job that a dialect writes is understood by its own routes as the same job.
  func returned(_ spoken: Spoken, _ id: String) -> String? {
    let codec = dialects[spoken.dialect]
    guard let writer = codec.writer("job", profile: spoken.profile), writer.holds(id: id) else { return nil }
    let job = Job()
    job.set(.id, text: id)
    job.set(.publicURL, text: "https://gateway.example.com")
    let written = writer.document(job)
    let key = spoken.dialect == "orchestrator" ? "name" : "id"
    let slurm = written["jobs"]?[0]?["job_id"]?.digits
    guard let shown = slurm ?? written[key]?.stringValue ?? written[key]?.digits else {
      return "'\(id)' is not written"
    }
    guard let asked = hubID(codec, shown) else { return "'\(shown)' is no id" }
    if asked != id { return "'\(id)' is shown as '\(shown)' and asked for as '\(asked)'" }
    let back = Job.read(written.compact, with: codec.reader("job"))?.text(.id)
    return back == id ? nil : "'\(id)' is read as '\(back ?? "nothing")'"
  }
}

@Suite("Law 7: ids")
struct IDTests {
  private func number(_ dice: inout Dice) -> UInt64 { (dice.next() >> UInt64(dice.below(64))) >> 1 }

  @Test func thereAndBack() {
    #expect(
      firstBreach(from: 71) { dice in IDLaw().reversible(number(&dice)).map { Breach(seed: 0, what: $0) } } == nil)
    var dice = Dice(seed: 72)
    #expect(IDLaw().injective((0..<UInt64(tries)).map { $0 } + (0..<tries).map { _ in number(&dice) }) == nil)
  }

  @Test(arguments: Dialects.spoken)
  func askedForAndReturned(_ spoken: Spoken) {
    let breach = firstBreach(from: 73) { dice in
      let id = dice.pick([dice.id(.hex), dice.id(.number), "\(number(&dice))", "0", "007"])
      let hub = Dialects.shipped[spoken.dialect].dialect.hubID(id, JobIDs()) ?? id
      return IDLaw().returned(spoken, hub).map { Breach(seed: 0, what: $0) }
    }
    #expect(breach == nil)
  }

  @Test func idsOfAPlatformAreLeftAlone() {
    let breach = firstBreach(from: 74) { dice in
      let id = (0..<32).map { _ in String(dice.pick(Array("0123456789abcdef"))) }.joined()
      guard JobIDs().number(id.utf8) != nil else { return nil }
      return Breach(seed: 0, what: "\(id) is taken for one of ours")
    }
    #expect(breach == nil)
  }

  @Test func idsThatRepeatOrForgetTheirKeyAreFound() {
    let cut = IDLaw(hex: { JobIDs().hex($0 & 0xFF) })
    #expect(cut.injective([1, 257]) != nil)
    #expect(cut.reversible(257) != nil)
    let plain = IDLaw(hex: { String(repeating: "0", count: 16) + String(JobIDs().hex($0).dropFirst(16)) })
    #expect(plain.reversible(7) != nil)
  }

  @Test func anIDThatComesBackChangedIsFound() {
    var law = IDLaw()
    law.hubID = { codec, text in codec.dialect.hubID(text, JobIDs(key: (1, 2))) }
    #expect(law.returned(Spoken(dialect: "pushy", profile: "server-2"), "5") != nil)
  }
}
