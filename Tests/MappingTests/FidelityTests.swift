import JobModel
import Mapping
import Testing

/// The table of a pair, computed from the two mappings.
struct FidelityTests {
  private func row(_ from: String, _ to: String, _ document: String, _ field: String) throws -> Fidelity.Row? {
    try Fidelity(from: Dialects.side(from), to: Dialects.side(to)).rows
      .first { $0.document == document && $0.field == field }
  }

  /// From, to, document, field: the member there, what becomes of it, and a piece of the reason.
  @Test(arguments: [
    ("pushy", "orchestrator", "job", "job.phase", "/state", Disposition.narrowed, "unknown-over"),
    ("pushy", "orchestrator", "job", "run.user", "", .dropped, "the agent decides as whom"),
    ("pushy", "orchestrator", "submit", "run.user", "", .refused, "the agent decides as whom"),
    ("pushy", "orchestrator", "submit", "run.timeout", "/timeout", .renamed, ""),
    ("pushy", "orchestrator", "submit", "work.kind", "", .refused, "cannot be asked for a command"),
    ("orchestrator", "canonical", "submit", "work.kind", "/request/work" + "/kind", .derived, "the request itself"),
    ("pushy", "orchestrator", "submit", "target.nodes", "/scope/nodes", .renamed, ""),
    ("pushy", "orchestrator", "job", "job.id", "/id", .narrowed, "a ledger assigns one"),
    ("orchestrator", "pushy", "job", "job.id", "/id", .kept, ""),
    ("orchestrator", "pushy", "job", "job.finished", "", .derived, "other members say it"),
    ("orchestrator", "pushy", "job", "job.history", "", .dropped, "no answer lists the phases"),
    ("orchestrator", "pushy", "job", "history.entered", "", .dropped, "no answer lists the phases"),
    ("orchestrator", "pushy", "job", "node.exit", "", .dropped, "exit codes are not reported"),
    ("orchestrator", "xplenty", "submit", "work.task", "", .refused, "a job runs a stored package"),
    ("xplenty", "orchestrator", "job", "job.outputs", "", .dropped, "results belong to nodes"),
    ("xplenty", "orchestrator", "job", "output.records", "", .dropped, "results belong to nodes"),
    ("xplenty", "canonical", "job", "output.records", "/outputs/*/records", .renamed, ""),
    ("canonical", "xplenty", "job", "job.created", "/created_at", .narrowed, "whole seconds"),
    ("xplenty", "canonical", "job", "job.created", "/created", .renamed, ""),
    ("xplenty", "xplenty@v1", "job", "output.component", "/outputs/*/component_name", .renamed, ""),
  ])
  func says(
    _ from: String, _ to: String, _ document: String, _ field: String, _ member: String, _ disposition: Disposition,
    _ reason: String
  ) throws {
    let row = try #require(try row(from, to, document, field))
    #expect((row.to ?? "") == member)
    #expect(row.disposition == disposition)
    #expect(reason.isEmpty ? row.because.isEmpty : row.because.contains(reason), "\(row.because)")
  }

  @Test(arguments: Files.shipped)
  func nothingIsLostIntoTheHubOrAtHome(_ name: String) throws {
    for to in ["canonical", name] {
      for row in try Fidelity(from: Dialects.side(name), to: Dialects.side(to)).rows {
        #expect(!row.disposition.isLoss || row.field == "job.phase" || row.field == "node.phase", "\(row)")
      }
    }
  }

  /// What a document loses in the examples is part of what the table of the pair says can be lost.
  @Test func lossesAreASubset() throws {
    var count = 0
    for example in ExampleRunner.examples(in: try Files.examples()) where example.exit != 1 && !example.errors.isEmpty {
      let words = example.command.split(separator: " ").map(String.init)
      func option(_ name: String) -> String? { words.firstIndex(of: name).map { words[$0 + 1] } }
      guard let from = option("--from"), let to = option("--to"), option("--as") == nil else { continue }
      let what = option("--what") ?? "job"
      guard ["job", "submit"].contains(what) else { continue }
      let rows = try Fidelity(from: Dialects.side(from), to: Dialects.side(to)).rows.filter { $0.document == what }
      for line in example.errors where !line.hasPrefix("foreign ") {
        let field = line.prefix { $0 != ":" }
        let disposition = line.drop { $0 != " " }.dropFirst().prefix { $0 != "," }
        count += 1
        // What arrives only sometimes, or is an id too large to hold, is narrowed in the table, and dropped or refused in a
        // document.
        let isLeftOut = disposition == "dropped" || disposition == "refused"
        #expect(
          rows.contains {
            $0.field == field
              && ("\($0.disposition)" == disposition || isLeftOut && $0.disposition == .narrowed)
          },
          "\(example.file):\(example.line): \(line)")
      }
    }
    #expect(count > 100)
  }

  @Test func theTableIsAligned() throws {
    let text = Fidelity(from: try Dialects.side("pushy"), to: try Dialects.side("xplenty")).text
    let lines = text.split(separator: "\n")
    #expect(lines.first == "job, from pushy to xplenty")
    #expect(
      lines.contains { $0.hasPrefix("  run.user") && $0.contains("/user") && $0.hasSuffix("as whom a package runs") })
    let column = lines.dropFirst(2).prefix(5).map {
      $0.distance(from: $0.startIndex, to: $0.firstIndex(of: "/") ?? $0.endIndex)
    }
    #expect(Set(column).count == 1)
  }

  @Test func theTableIsJSONToo() throws {
    let json = try JSONValue(Fidelity(from: try Dialects.side("pushy"), to: try Dialects.side("xplenty")).json)
    let user = json.elements?.first {
      $0["document"]?.stringValue == "submit" && $0["field"]?.stringValue == "run.user"
    }
    #expect(user?["from"]?.stringValue == "/user")
    #expect(user?["to"]?.isNull ?? false)
    #expect(user?["disposition"]?.stringValue == "refused")
  }
}
