import JobModel
import Mapping
import Testing
import Wire

@Suite("Law 1: what is read and written again is the same document")
struct RoundTripTests {
  static let answers = ["job", "nodes", "submitted", "stopped", "fault", "listed"]

  private func grammar(_ spoken: Spoken) -> Grammar {
    Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile)
  }

  @Test(arguments: Dialects.spoken)
  func inProcess(_ spoken: Spoken) {
    let law = RoundTripLaw()
    for name in Self.answers where Dialects.shipped[spoken.dialect].dialect.documents[name] != nil {
      let count = name == "job" ? tries : tries / 10
      let breach = firstBreach(count, of: { grammar(spoken).document(name, &$0) }) { law.inProcess(spoken, name, $0) }
      #expect(breach == nil, "\(spoken) \(name)")
    }
  }

  @Test(arguments: Dialects.spoken.filter { $0.dialect != "canonical" })
  func throughCanonical(_ spoken: Spoken) {
    let law = RoundTripLaw()
    let breach = firstBreach(from: 2, of: { grammar(spoken).document("job", &$0) }) {
      law.throughCanonical(spoken, "job", $0)
    }
    #expect(breach == nil, "\(spoken)")
  }

  @Test(arguments: Dialects.spoken.filter { $0.dialect != "canonical" })
  func requestsThroughCanonical(_ spoken: Spoken) {
    let law = RoundTripLaw()
    var grammar = grammar(spoken)
    grammar.wild = false
    var refused = 0
    let breach = firstBreach(from: 3, of: { grammar.document("submit", &$0) }) { document in
      var text = document.compact
      let codec = Dialects.shipped[spoken.dialect]
      let name = text.withUTF8 { codec.document("submit", of: UnsafeRawBufferPointer($0)) }
      guard Job.read(text, with: codec.reader(name)) != nil else {
        refused += 1
        return nil
      }
      return law.throughCanonical(spoken, "submit", document)
    }
    #expect(breach == nil, "\(spoken)")
    #expect(refused < tries / 10, "\(spoken): the grammar makes requests that are refused")
  }

  @Test(arguments: Dialects.spoken.filter { $0.dialect == "orchestrator" })
  func nodesThroughCanonical(_ spoken: Spoken) {
    let law = RoundTripLaw()
    let breach = firstBreach(tries / 4, from: 4, of: { grammar(spoken).document("nodes", &$0) }) {
      law.throughCanonical(spoken, "nodes", $0)
    }
    #expect(breach == nil, "\(spoken)")
  }

  @Test(arguments: Dialects.spoken.filter { $0.dialect != "canonical" })
  func listsThroughCanonical(_ spoken: Spoken) {
    let law = RoundTripLaw()
    let breach = firstBreach(tries / 10, from: 5, of: { grammar(spoken).document("jobs", &$0) }) {
      let isList = $0.elements != nil || $0["items"]?.elements != nil
      return isList ? law.throughCanonical(spoken, "jobs", $0) : nil
    }
    #expect(breach == nil, "\(spoken)")
  }

  @Test func aRequestThatLosesAMemberIsFound() throws {
    var law = RoundTripLaw()
    law.dialects = try Dialects(
      planting: (
        "canonical.yaml", "capture: {is: run.capture, as: bool}",
        "capture: {is: run.capture, as: bool, omit: \"false\"}"
      ))
    let spoken = Spoken(dialect: "pushy", profile: "server-2")
    var grammar = grammar(spoken)
    grammar.wild = false
    #expect(
      firstBreach(2000, of: { grammar.document("submit", &$0) }) { law.throughCanonical(spoken, "submit", $0) } != nil)
  }

  @Test func aSealThatLosesOneEntryIsFound() {
    var law = RoundTripLaw()
    law.open = { Sealing.open(Array($0.dropLast()), in: $1, dialect: $2, name: $3) }
    let spoken = Spoken(dialect: "orchestrator", profile: "v1")
    #expect(firstBreach(500, of: { grammar(spoken).document("job", &$0) }) { law.inProcess(spoken, "job", $0) } != nil)
  }

  @Test func aCanonicalDocumentWithoutAColumnIsFound() throws {
    var law = RoundTripLaw()
    law.dialects = try Dialects(
      planting: (
        "canonical.yaml", "          left: {is: history.left, as: iso8601-millis}\n",
        "          left: {is: history.left, as: iso8601}\n"
      ))
    let spoken = Spoken(dialect: "orchestrator", profile: "v1")
    let breach = firstBreach(2000, of: { grammar(spoken).document("job", &$0) }) {
      law.throughCanonical(spoken, "job", $0)
    }
    #expect(breach == nil, "whole seconds are all an orchestrator has")
    law.dialects = try Dialects(
      planting: (
        "canonical.yaml", "progress: {is: job.progress, as: number}", "progress: {is: job.progress, as: whole}"
      ))
    let other = Spoken(dialect: "xplenty", profile: "v2")
    #expect(
      firstBreach(2000, of: { grammar(other).document("job", &$0) }) { law.throughCanonical(other, "job", $0) } != nil)
  }
}
