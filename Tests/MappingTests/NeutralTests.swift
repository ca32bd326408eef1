import Mapping
import Testing

/// Translation tables, §4: a value that says what would happen anyway is no loss; defaults are made real.
struct NeutralTests {
  /// A submit, where it goes, and the fields that are lost beside the work itself.
  @Test(arguments: [
    ("pushy", #"{"command":"x","nodes":["a","b"],"env":{}}"#, [String]()),
    ("pushy", #"{"command":"x","nodes":["a","b"],"env":{"A":"1"}}"#, ["run.env"]),
    ("pushy", #"{"command":"x","nodes":["a","b"],"capture_output":false}"#, []),
    ("pushy", #"{"command":"x","nodes":["a","b"],"quorum":2}"#, []),
    ("pushy", #"{"command":"x","nodes":["a","b"],"quorum":1}"#, ["run.quorum"]),
    ("pushy", #"{"command":"x","nodes":["a","b"],"user":""}"#, ["run.user"]),
  ])
  func overOrchestrator(_ from: String, _ submit: String, _ lost: [String]) throws {
    let written = try Dialects.translate(submit, from: from, to: "orchestrator", what: "submit")
    #expect(written.losses.map(\.field).filter { $0 != "work.command" } == lost)
  }

  @Test(arguments: [
    (#"{"task":"x","params":{},"scope":{"nodes":["a"]}}"#, [String]()),
    (#"{"task":"x","params":{},"noop":false,"scope":{"nodes":["a"]}}"#, []),
    (#"{"task":"x","params":{},"noop":true,"scope":{"nodes":["a"]}}"#, ["run.noop"]),
    (#"{"task":"x","params":{"a":1},"scope":{"nodes":["a"]}}"#, ["work.parameters"]),
    (#"{"task":"x","params":{},"userdata":{},"description":"","scope":{"nodes":["a"]}}"#, []),
    (
      #"{"task":"x","params":{},"userdata":{"a":1},"description":"d","scope":{"nodes":["a"]}}"#,
      ["run.description", "run.userdata"]
    ),
    (#"{"environment":"dev","concurrency":null,"scope":{"nodes":["a"]}}"#, ["work.environment"]),
    (#"{"environment":"dev","concurrency":4,"scope":{"nodes":["a"]}}"#, ["work.environment", "run.concurrency"]),
  ])
  func overPushy(_ submit: String, _ lost: [String]) throws {
    let written = try Dialects.translate(submit, from: "orchestrator", to: "pushy", what: "submit")
    #expect(written.losses.map(\.field).filter { $0 != "work.task" } == lost)
  }

  @Test(arguments: [
    (#"{"cluster_id":1,"package_id":2}"#, [String]()), (#"{"cluster_id":1,"package_id":2,"variables":{}}"#, []),
    (#"{"cluster_id":1,"package_id":2,"variables":{"A":"1"}}"#, ["work.variables"]),
    (#"{"cluster_id":1,"package_id":2,"dynamic_variables":{}}"#, []),
  ])
  func emptyVariables(_ submit: String, _ lost: [String]) throws {
    for to in ["pushy", "orchestrator"] {
      let written = try Dialects.translate(submit, from: "xplenty", to: to, what: "submit")
      #expect(written.losses.map(\.field).filter { $0 != "work.package" && $0 != "target.cluster" } == lost)
    }
  }

  @Test func aDefaultIsMadeRealWhereItCanBeSaid() throws {
    let submit = #"{"command":"x","nodes":["a"]}"#
    let asked = try Dialects.translate(submit, from: "pushy", to: "orchestrator", what: "submit")
    #expect(try JSONValue(asked.text)["timeout"]?.digits == "3600")
    let hub = try Dialects.translate(submit, from: "pushy", to: "canonical", what: "submit")
    #expect(try JSONValue(hub.text)["request"]?["run"]?["timeout"]?.digits == "3600")
    // The caller's own platform is not told what it knows, and the way back forgets it again.
    #expect(
      try JSONValue(Dialects.translate(submit, from: "pushy", to: "pushy", what: "submit").text)["run_timeout"] == nil)
    let back = try Dialects.translate(hub.text, from: "canonical", to: "pushy", what: "submit")
    #expect(try JSONValue(back.text) == JSONValue(submit))
    let package = try Dialects.translate(submit, from: "pushy", to: "xplenty", what: "submit")
    #expect(!package.losses.contains { $0.field == "run.timeout" })
  }

  @Test func theEnvironmentOfATaskIsProduction() throws {
    let hub = try Dialects.translate(
      #"{"task":"x","params":{},"scope":{"nodes":["a"]}}"#, from: "orchestrator", to: "canonical", what: "submit")
    #expect(try JSONValue(hub.text)["request"]?["work"]?["environment"]?.stringValue == "production")
  }
}
