import JobModel
import Mapping
import Testing

/// An answer that is the same but for how long something has been running says nothing new; everything else does.
struct LastAnswerTests {
  static let job = """
    {"name":"7","state":"running","timestamp":"2026-11-22T22:56:07Z","started_timestamp":"2026-11-22T22:56:07Z",
     "duration":"9.9","userdata":{"duration":"1.0"},"node_states":{"running":1,"finished":1}}
    """
  static let nodes = """
    {"items":[{"name":"a","state":"running","duration":8.75,"details":{}},{"name":"b","state":"finished","duration":2.5}]}
    """

  /// Documents of one dialect as they are read, one after the other, into one job.
  private func read(_ documents: [(name: String, text: String)], _ dialect: String) throws -> (Job, [LastAnswer]) {
    let codec = try Dialects.side(dialect).codec
    let job = Job()
    let answers = try documents.map { document in
      let body = Array(document.text.utf8)
      let start = job.arena.bytes.count
      let reader = try #require(codec.reader(document.name))
      try body.withUnsafeBytes { try reader.read($0, into: job) }
      return LastAnswer(body, job, start..<start + body.count)
    }
    return (job, answers)
  }

  private func isRepeated(_ last: LastAnswer, _ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { last.isRepeated(by: $0) }
  }

  @Test(arguments: [
    ("\"9.9\"", "\"10.01\"", true), ("\"9.9\"", "\"9.9\"", true), ("\"9.9\"", "\"\"", false),
    ("\"9.9\"", "null", false), ("\"9.9\"", "\"9.9", false), ("\"9.9\"", "\"9.9s\"", false),
    ("\"9.9\"", "\"-9.9\"", false), ("\"1.0\"", "\"2.0\"", false), ("running\",\"t", "stopping\",\"t", false),
    ("\"finished\":1", "\"finished\":2", false), ("}}", "}} ", false), ("}}", "}", false),
  ])
  func job(_ place: String, _ other: String, _ isRepeated: Bool) throws {
    let (_, answers) = try read([("job", Self.job)], "orchestrator")
    #expect(self.isRepeated(answers[0], Self.job.replacing(place, with: other)) == isRepeated)
  }

  @Test(arguments: [
    ("8.75", "60.125", true), ("2.5", "2.6", false), ("8.75", "null", false), ("finished\",", "failed\",", false),
  ])
  func nodes(_ place: String, _ other: String, _ isRepeated: Bool) throws {
    let (_, answers) = try read([("job", Self.job), ("nodes", Self.nodes)], "orchestrator")
    #expect(self.isRepeated(answers[1], Self.nodes.replacing(place, with: other)) == isRepeated)
  }

  /// What is over runs no more; of a job that is being stopped it has to be known since when it ran.
  @Test(arguments: [
    ("running", true), ("stopping", true), ("finished", false), ("failed", false), ("ready", false),
  ])
  func phases(_ word: String, _ runs: Bool) throws {
    let text = Self.job.replacing("\"state\":\"running\"", with: "\"state\":\"\(word)\"")
    #expect(try read([("job", text)], "orchestrator").1[0].running.isEmpty == !runs)
    let nameless = text.replacing("\"started_timestamp\"", with: "\"started\"")
    #expect(try read([("job", nameless)], "orchestrator").1[0].running.isEmpty == (word != "running"))
  }

  @Test func anAnswerWithoutATimeThatRuns() throws {
    let text = #"{"id":"0","status":"running","nodes":{"running":["a"]}}"#
    let (_, answers) = try read([("job", text)], "pushy")
    #expect(answers[0].running.isEmpty && isRepeated(answers[0], text) && !isRepeated(answers[0], text + " "))
  }

  /// A job's own document counts its nodes only when it counts these very ones.
  @Test(arguments: [
    (#"{"running":1,"finished":1}"#, true), (#" { "finished" : 1 , "running" : 1 } "#, true),
    (#"{"running":2}"#, false), (#"{"running":1,"finished":1,"failed":1}"#, false), (#"{"running":1}"#, false),
    ("null", false), ("{}", false), (#"{"running":"1","finished":1}"#, false),
    (#"{"running":1.0,"finished":1}"#, false),
  ])
  func countedNodes(_ counts: String, _ isCounted: Bool) throws {
    let text = Self.job.replacing(#"{"running":1,"finished":1}"#, with: counts)
    let (job, answers) = try read([("job", text), ("nodes", Self.nodes)], "orchestrator")
    let codec = try Dialects.side("orchestrator").codec
    #expect(answers[0].body.withUnsafeBytes { codec.countsNodes($0, as: "job", of: job) } == isCounted)
    #expect(!answers[1].body.withUnsafeBytes { codec.countsNodes($0, as: "nodes", of: job) })
  }
}
