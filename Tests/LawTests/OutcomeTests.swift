import JobModel
import Mapping
import Testing
import Wire

/// Law 5: the success test that a dialect's real clients make on a written document is true exactly when the hub says
/// succeeded. The tests are written here by hand, from the translation tables, not taken from the mappings.
struct OutcomeLaw {
  var dialects = Dialects.shipped

  /// knife: complete, and every group one of succeeded, nacked, unavailable; the documentation's word is complete.
  static func knife(_ job: JSON, documented: Bool) -> Bool {
    let good = ["nacked", "unavailable", documented ? "complete" : "succeeded"]
    return job["status"]?.stringValue == "complete"
      && (job["nodes"]?.members ?? []).allSatisfy { good.contains($0.name) }
  }

  static func orchestrator(_ job: JSON, _ nodes: JSON) -> Bool {
    job["state"]?.stringValue == "finished"
      && (nodes["items"]?.elements ?? []).allSatisfy {
        ["finished", "skipped"].contains($0["state"]?.stringValue ?? "")
          && ($0["result"]?["exit_code"].map { $0.integerValue == 0 } ?? true)
      }
  }

  static func slurm(_ job: JSON) -> Bool { job["jobs"]?[0]?["job_state"]?.stringValue == "COMPLETED" }

  static func xplenty(_ job: JSON) -> Bool { job["status"]?.stringValue == "completed" }

  /// What the clients of every other dialect make of a job that was read.
  func check(_ job: Job) -> String? {
    let said = job.hasSucceeded
    for spoken in Dialects.spoken where spoken.dialect != "canonical" {
      let codec = dialects[spoken.dialect]
      guard let writer = codec.writer("job", profile: spoken.profile) else { continue }
      let written = writer.document(job)
      let told: Bool
      switch spoken.dialect {
      case "pushy": told = Self.knife(written, documented: spoken.profile.hasPrefix("documented"))
      case "xplenty": told = Self.xplenty(written)
      case "slurm": told = Self.slurm(written)
      default:
        let nodes = codec.writer("nodes", profile: spoken.profile)?.document(job) ?? .null
        told = Self.orchestrator(written, nodes)
      }
      if told != said {
        return "the hub says \(job.phase?.name ?? "nothing"), clients of \(spoken) see \(told): \(written.compact)"
      }
    }
    return nil
  }

  /// A job of one dialect, and its nodes where they are an answer of their own.
  func read(_ spoken: Spoken, _ document: JSON) -> Job? {
    let codec = dialects[spoken.dialect]
    guard let job = Job.read((document["job"] ?? .null).compact, with: codec.reader("job")) else { return nil }
    if spoken.dialect == "orchestrator", let nodes = document["nodes"], let reader = codec.reader("nodes") {
      var text = nodes.compact
      do { try text.withUTF8 { try reader.read(UnsafeRawBufferPointer($0), into: job) } } catch { return nil }
    }
    job.set(.publicURL, text: "https://gateway.example.com")
    return job
  }

  func check(_ spoken: Spoken, _ document: JSON) -> String? { read(spoken, document).flatMap { check($0) } }
}

@Suite("Law 5: nobody is told of a success that was none")
struct OutcomeTests {
  private func make(_ spoken: Spoken, _ dice: inout Dice) -> JSON {
    let grammar = Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile)
    var members = [JSON.Member("job", grammar.document("job", &dice))]
    if spoken.dialect == "orchestrator", dice.once(in: 2) {
      members.append(JSON.Member("nodes", grammar.document("nodes", &dice)))
    }
    return .object(members)
  }

  @Test(arguments: Dialects.spoken.filter { $0.dialect != "canonical" })
  func jobsOf(_ spoken: Spoken) {
    let law = OutcomeLaw()
    let breach = firstBreach(tries / 2, from: 41, of: { make(spoken, &$0) }) { law.check(spoken, $0) }
    #expect(breach == nil)
  }

  /// Every phase of a job with up to two nodes of every phase, as far as the hub itself can say so.
  @Test func everyHub() {
    let law = OutcomeLaw()
    for phase in Phase.allCases {
      for one in NodePhase.allCases {
        for other in NodePhase.allCases {
          let job = Job()
          job.phase = phase
          job.set(.id, text: "7")
          job.nodeRuns = [NodeRun("a", one), NodeRun("b", other)]
          if phase == .succeeded, !(one.isHarmless && other.isHarmless) { continue }
          #expect(law.check(job) == nil)
        }
      }
      let bare = Job()
      bare.phase = phase
      bare.set(.targets, texts: ["a"])
      #expect(law.check(bare) == nil)
    }
  }

  @Test func aMappingThatFlattersIsFound() throws {
    var law = OutcomeLaw()
    law.dialects = try Dialects(planting: ("pushy.yaml", "dishonest: crashed\n", ""))
    let spoken = Spoken(dialect: "xplenty", profile: "v2")
    #expect(firstBreach(3000, from: 42, of: { make(spoken, &$0) }) { law.check(spoken, $0) } != nil)
  }

  @Test func aWordOfSuccessForFailureIsFound() throws {
    var law = OutcomeLaw()
    law.dialects = try Dialects(planting: ("xplenty.yaml", "    crashed: ~failed\n", "    crashed: ~completed\n"))
    let spoken = Spoken(dialect: "pushy", profile: "server-2")
    #expect(firstBreach(3000, from: 43, of: { make(spoken, &$0) }) { law.check(spoken, $0) } != nil)
  }
}
