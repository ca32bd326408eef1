import JobModel
import Mapping
import Testing
import Wire

/// A fifth dialect, one YAML file and no Swift: it speaks with all the others.
struct HeraldTests {
  let codecs: [String: Codec]

  init() throws {
    let dialect = try DialectParser.parse(Files.text("Tests/Fixtures/fifth/herald.yaml"), file: "herald.yaml")
    codecs = Dialects.codecs.merging(["herald": Codec(dialect)]) { old, _ in old }
  }

  static let errand = """
    {"errand": {"number": 1234, "token": "9d1c9b9aaf729db900000000000004d2", "words": "run-etl 2026-11-01",
     "bearer": "etl", "patience_ms": 600}, "standing": "BOTCHED", "why": null, "given": 1793520000125,
     "turned": 1793520060000, "left": 1793520001000, "back": 1793520060000,
     "houses": [{"house": "etl1", "standing": "BAD", "answer": 3, "said": "no", "from": 1793520001000, "until": 1793520060000},
     {"house": "etl2", "standing": "FINE", "answer": 0, "from": 1793520001000, "until": 1793520050000}],
     "tally": {"BAD": 1, "FINE": 1}}
    """

  private func translate(_ text: String, _ from: String, _ to: String, what: String = "job") throws
    -> Translation.Written
  {
    let source = try #require(codecs[from]), target = try #require(codecs[to])
    return try Translation(from: .init(source), to: .init(target), context: ExampleRunner.place).translate(
      text, what: what)
  }

  @Test func comesBackFromTheHubAsItWas() throws {
    let hub = try translate(Self.errand, "herald", "canonical")
    #expect(hub.losses.isEmpty)
    let json = try JSONValue(hub.text)
    #expect(json["id"]?.stringValue == "1234")
    #expect(json["phase"]?.stringValue == "failed")
    #expect(json["created"]?.stringValue == "2026-11-01T08:00:00.125Z")
    #expect(json["nodes"]?[0]?["exit"]?.digits == "3")
    #expect(try JSONValue(translate(hub.text, "canonical", "herald").text) == JSONValue(Self.errand))
    #expect(try JSONValue(translate(Self.errand, "herald", "herald").text) == JSONValue(Self.errand))
  }

  @Test func speaksWithPushy() throws {
    let written = try translate(Self.errand, "herald", "pushy")
    let json = try JSONValue(written.text)
    #expect(json["id"]?.stringValue == "9d1c9b9aaf729db900000000000004d2")
    #expect(json["status"]?.stringValue == "complete")
    #expect(
      json["nodes"]
        == .object([.init("complete", .array([.string("etl2")])), .init("crashed", .array([.string("etl1")]))]))
    #expect(written.losses.map(\.field).contains("node.exit"))
    let seed = try translate(Files.seed("pushy-job.json"), "pushy", "herald")
    let back = try JSONValue(seed.text)
    #expect(back["errand"]?["token"]?.stringValue == "aaaaaaaaaaaa25fd67fa8715fd547d3d")
    #expect(back["errand"]?["number"]?.isNull ?? false)
    #expect(back["standing"]?.stringValue == "OUT")
    #expect(back["given"]?.digits == "1346799662000")
    #expect(
      back["tally"] == .object([.init("BUSY", .number("2")), .init("FINE", .number("3")), .init("GONE", .number("1"))]))
    #expect(seed.losses.map(\.field) == ["run.dir"])
  }

  @Test func speaksWithOrchestrator() throws {
    let json = try JSONValue(translate(Self.errand, "herald", "orchestrator").text)
    #expect(json["name"]?.stringValue == "1234")
    #expect(json["state"]?.stringValue == "failed")
    #expect(json["created_timestamp"]?.stringValue == "2026-11-01T08:00:00Z")
    let back = try JSONValue(translate(Files.seed("orchestrator-job.json"), "orchestrator", "herald").text)
    #expect(back["errand"]?["words"]?.stringValue == "converge production")
    #expect(back["standing"]?.stringValue == "DONE")
    #expect(back["errand"]?["number"]?.digits == "1234")
  }

  @Test func speaksWithXplenty() throws {
    let json = try JSONValue(translate(Self.errand, "herald", "xplenty").text)
    #expect(json["id"]?.digits == "1234")
    #expect(json["status"]?.stringValue == "failed")
    #expect(json["errors"]?.stringValue == "failed on etl1")
    let back = try JSONValue(translate(Files.seed("xplenty-job.json"), "xplenty", "herald").text)
    #expect(back["errand"]?["words"]?.stringValue == "package 434")
    #expect(back["houses"]?[0]?["house"]?.stringValue == "cluster-52")
  }

  @Test func submitsGoBothWays() throws {
    let asked = try translate(
      #"{"words":"uptime","houses":["a"],"bearer":"ann","patience":60}"#, "herald", "pushy", what: "submit")
    #expect(
      try JSONValue(asked.text) == JSONValue(#"{"command":"uptime","nodes":["a"],"run_timeout":60,"user":"ann"}"#))
    #expect(asked.losses.isEmpty)
    let back = try translate(#"{"command":"uptime","nodes":["a"],"env":{"A":"1"}}"#, "pushy", "herald", what: "submit")
    #expect(try JSONValue(back.text) == JSONValue(#"{"words":"uptime","houses":["a"],"patience":3600}"#))
    #expect(back.losses.map(\.line) == ["run.env: refused, a bearer brings nothing"])
    #expect(throws: Fault(.invalid, "nobody asked for that", field: "/colour")) {
      try translate(#"{"words":"uptime","houses":["a"],"colour":"red"}"#, "herald", "pushy", what: "submit")
    }
  }

  @Test func listsGoBothWays() throws {
    let list = #"{"first":0,"of":1,"errands":[\#(Self.errand)]}"#
    let jobs = try JSONValue(translate(list, "herald", "xplenty", what: "jobs").text)
    #expect(jobs[0]?["status"]?.stringValue == "failed")
    let back = try JSONValue(translate("[\(Files.seed("xplenty-job.json"))]", "xplenty", "herald", what: "jobs").text)
    #expect(back["of"]?.digits == "1")
    #expect(back["errands"]?[0]?["standing"]?.stringValue == "DONE")
  }

  @Test(arguments: ["1234", "9d1c9b9aaf729db900000000000004d2"])
  func bothKindsOfIDsAreAskedFor(_ id: String) throws {
    let dialect = try #require(codecs["herald"]?.dialect)
    #expect(dialect.hubID(id, JobIDs()) == "1234")
    #expect(dialect.hubID("12x", JobIDs()) == nil)
    let match = Routes(dialect).match(method: "GET", path: "/herald/errands/\(id)/call-off")
    guard case .operation(let index, let parameters) = match else {
      Issue.record("\(match)")
      return
    }
    #expect(dialect.operations[index].kind == .stop)
    #expect(parameters.job == id)
  }

  @Test func faultsArePlainText() throws {
    let answer = try #require(codecs["herald"]?.dialect.answer(Fault(.unknownJob, #"errand "7""#)))
    #expect(answer.status == 404)
    #expect(answer.headers.map(\.value) == ["text/plain"])
    #expect(answer.body == #"no such errand: errand "7""#)
  }
}
