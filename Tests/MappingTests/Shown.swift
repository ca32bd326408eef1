import JobModel
import Mapping
import Wire

/// Parses a JSON text.
func JSONValue(_ text: String) throws -> JSON { try JSON(parsing: text) }

/// A job of a phase with nodes of some phases, as a dialect shows it: the job's document and, where that has none, the
/// document of its nodes.
struct Shown {
  let side: String
  let job: String
  /// The second document, of a dialect that has one.
  let nodes: String?

  var dialect: String { String(side.prefix { $0 != "@" }) }

  init(_ phase: String, nodes phases: [String], in side: String) throws {
    self.side = side
    let started = Phase(name: phase)?.hasRun ?? false
    let rows = phases.enumerated().map { index, node in
      let ran = NodePhase(name: node)?.hasRun ?? false
      return #"{"name":"n\#(index)","phase":"\#(node)"\#(ran ? #","started":"2026-11-01T08:00:01Z""# : "")}"#
    }
    let hub = """
      {"id":"7","phase":"\(phase)","request":{"work":{"command":"x"}},"created":"2026-11-01T08:00:00Z",
      "entered":"2026-11-01T08:00:02Z",\(started ? #""started":"2026-11-01T08:00:01Z","# : "")
      "nodes":[\(rows.joined(separator: ","))]}
      """
    job = try Dialects.translate(hub, from: "canonical", to: side).text
    let hasNodes = Dialects.codecs[String(side.prefix { $0 != "@" })]?.dialect.documents["nodes"] != nil
    nodes = hasNodes ? try Dialects.translate(hub, from: "canonical", to: side, as: "nodes").text : nil
  }

  /// The word of the job.
  var word: String? {
    guard let json = try? JSONValue(job) else { return nil }
    return (json["status"]?.stringValue ?? json["state"]?.stringValue)
  }

  /// The words of the nodes, in order; empty where no document shows any.
  var nodeWords: [String] {
    if let nodes, let items = (try? JSONValue(nodes))?["items"]?.elements {
      return items.compactMap { $0["state"]?.stringValue }
    }
    guard let groups = (try? JSONValue(job))?["nodes"]?.members else { return [] }
    let named = groups.flatMap { group in (group.value.elements ?? []).map { ($0.stringValue ?? "", group.name) } }
    return named.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The phase it is read back as, every document of it read.
  func readBack() throws -> String? { try readBackJob().phase?.name }

  /// The phases its nodes are read back as.
  func readBackNodes() throws -> [String] { try readBackJob().nodeRuns?.map(\.phase.name) ?? [] }

  private func readBackJob() throws -> Job {
    guard let codec = Dialects.codecs[dialect] else { throw Dialects.Missing(name: side) }
    return try Shown.read(codec, job, nodes)
  }

  /// The phase of an orchestrator job and its nodes.
  static func read(job: String, nodes: String) throws -> String? {
    guard let codec = Dialects.codecs["orchestrator"] else { return nil }
    return try read(codec, job, nodes).phase?.name
  }

  private static func read(_ codec: Codec, _ job: String, _ nodes: String?) throws -> Job {
    let hub = Job()
    var rule: OutcomeRule?
    for (document, text) in [("job", job), ("nodes", nodes)] {
      guard var text, let reader = codec.reader(document) else { continue }
      try text.withUTF8 { try reader.read(UnsafeRawBufferPointer($0), into: hub) }
      if document == "job" { rule = hub.pendingRule }
      if document == "nodes" {
        hub.pendingRule = rule
        hub.settleIfDue()
      }
    }
    return hub
  }

  /// The test of success that the real clients of the dialect make on these documents, written out here by hand.
  var looksLikeSuccess: Bool {
    switch dialect {
    case "pushy":
      word == "complete" && nodeWords.allSatisfy(["succeeded", "complete", "nacked", "unavailable"].contains)
    case "orchestrator": word == "finished" && nodeWords.allSatisfy(["finished", "skipped"].contains)
    default: word == "completed"
    }
  }
}
