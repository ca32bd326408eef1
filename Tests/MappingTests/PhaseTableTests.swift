import JobModel
import Mapping
import Testing

/// Translation tables, §1: every phase of a job in every dialect, read back, and the test of success that the real
/// clients make on what was written.
struct PhaseTableTests {
  /// One row: the node that goes with the phase, the words, and what each word is read back as.
  struct Row: Sendable {
    var phase: String
    var node: String
    var server: String
    var documented: String
    var orchestrator: String
    var xplenty: String
    /// Read back from the server's shape, the documentation's, orchestrator and xplenty, where it is not the phase.
    var back: [String: String] = [:]
  }

  static let rows: [Row] = [
    Row(
      phase: "accepted", node: "pending", server: "new", documented: "voting", orchestrator: "new", xplenty: "idle",
      back: ["documented": "waiting"]),
    Row(
      phase: "waiting", node: "pending", server: "voting", documented: "voting", orchestrator: "ready",
      xplenty: "pending"),
    Row(
      phase: "running", node: "running", server: "running", documented: "running", orchestrator: "running",
      xplenty: "running"),
    Row(
      phase: "stopping", node: "stopping", server: "running", documented: "running", orchestrator: "stopping",
      xplenty: "pending_stoppage", back: ["server": "running", "documented": "running"]),
    Row(
      phase: "succeeded", node: "succeeded", server: "complete", documented: "complete", orchestrator: "finished",
      xplenty: "completed"),
    Row(
      phase: "failed", node: "failed", server: "complete", documented: "complete", orchestrator: "failed",
      xplenty: "failed", back: ["documented": "crashed"]),
    Row(
      phase: "crashed", node: "lost", server: "crashed", documented: "aborted", orchestrator: "failed",
      xplenty: "failed", back: ["documented": "stopped", "xplenty": "failed"]),
    Row(
      phase: "stopped", node: "stopped", server: "aborted", documented: "aborted", orchestrator: "stopped",
      xplenty: "stopped"),
    Row(
      phase: "expired", node: "expired", server: "timed_out", documented: "timed_out", orchestrator: "failed",
      xplenty: "failed", back: ["orchestrator": "crashed", "xplenty": "failed"]),
    Row(
      phase: "rejected", node: "withdrawn", server: "quorum_failed", documented: "quorum_failed",
      orchestrator: "failed", xplenty: "failed"),
    Row(
      phase: "ended", node: "unknown-over", server: "complete", documented: "complete", orchestrator: "failed",
      xplenty: "failed",
      back: ["server": "crashed", "documented": "crashed", "orchestrator": "rejected", "xplenty": "rejected"]),
    Row(
      phase: "unknown", node: "unknown", server: "running", documented: "running", orchestrator: "running",
      xplenty: "running",
      back: ["server": "running", "documented": "running", "orchestrator": "running", "xplenty": "running"]),
    Row(
      phase: "unknown-over", node: "unknown-over", server: "crashed", documented: "aborted", orchestrator: "failed",
      xplenty: "failed",
      back: ["server": "crashed", "documented": "stopped", "orchestrator": "rejected", "xplenty": "rejected"]),
  ]

  @Test func everyPhaseHasARow() { #expect(Self.rows.map(\.phase) == Phase.allCases.map(\.name)) }

  @Test(arguments: rows)
  func isWrittenAndReadBack(_ row: Row) throws {
    let columns = [
      ("server", "pushy@server-2", row.server), ("server", "pushy@server-1", row.server),
      ("documented", "pushy@documented-2", row.documented), ("documented", "pushy@documented-1", row.documented),
      ("orchestrator", "orchestrator", row.orchestrator), ("xplenty", "xplenty", row.xplenty),
      ("xplenty", "xplenty@v1", row.xplenty),
    ]
    for (column, side, word) in columns {
      let shown = try Shown(row.phase, nodes: [row.node], in: side)
      #expect(shown.word == word, "\(row.phase) in \(side)")
      let back = row.back[column] ?? row.phase
      #expect(try shown.readBack() == back, "\(row.phase) in \(side), read back")
      #expect(try shown.looksLikeSuccess == (row.phase == "succeeded"), "\(row.phase) in \(side): success")
    }
  }

  /// Words that are only read.
  @Test(arguments: [
    ("xplenty", #"{"status":"queued"}"#, "waiting"), ("xplenty", #"{"status":"stopping"}"#, "stopping"),
    ("xplenty", #"{"status":"failed","started_at":null}"#, "rejected"),
    ("xplenty", #"{"status":"failed","started_at":"2026-11-01T08:00:00Z"}"#, "failed"),
    ("xplenty", #"{"status":"dreaming"}"#, "unknown"), ("orchestrator", #"{"state":"dreaming"}"#, "unknown"),
    ("pushy", #"{"status":"dreaming"}"#, "unknown-over"),
    ("pushy", #"{"status":"complete"}"#, "ended"), ("orchestrator", #"{"state":"failed"}"#, "failed"),
    ("pushy", #"{"status":"complete","nodes":{"succeeded":["a"],"failed":["b"],"crashed":["c"]}}"#, "failed"),
    ("pushy", #"{"status":"complete","nodes":{"succeeded":["a"],"crashed":["c"]}}"#, "crashed"),
    ("pushy", #"{"status":"complete","nodes":{"complete":["a"],"aborted":["c"]}}"#, "crashed"),
    ("pushy", #"{"status":"complete","nodes":{"complete":["a"],"dreaming":["c"]}}"#, "crashed"),
    ("pushy", #"{"status":"complete","nodes":{"succeeded":["a"],"nacked":["b"],"unavailable":["c"]}}"#, "succeeded"),
    ("pushy", #"{"status":"complete","nodes":{"complete":["a"]}}"#, "succeeded"),
  ])
  func isReadAs(_ dialect: String, _ document: String, _ phase: String) throws {
    #expect(try read(document, dialect) == phase)
  }

  /// An orchestrator job whose nodes have been read: they say why it failed, or that it did not go well.
  @Test(arguments: [
    ("failed", #"{"name":"a","state":"failed"}"#, "failed"),
    ("failed", #"{"name":"a","state":"finished","result":{"exit_code":2}}"#, "failed"),
    ("failed", #"{"name":"a","state":"errored","start_timestamp":null},{"name":"b","state":"skipped"}"#, "rejected"),
    ("failed", #"{"name":"a","state":"errored","start_timestamp":"2026-11-01T08:00:00Z"}"#, "crashed"),
    ("failed", #"{"name":"a","state":"failed","result":{"_error":{"msg":"x"}}}"#, "failed"),
    ("finished", #"{"name":"a","state":"finished","result":{"exit_code":2}}"#, "failed"),
    ("finished", #"{"name":"a","state":"finished","result":{"exit_code":0}}"#, "succeeded"),
    ("finished", #"{"name":"a","state":"finished"},{"name":"b","state":"skipped"}"#, "succeeded"),
    ("stopped", #"{"name":"a","state":"failed"}"#, "stopped"),
  ])
  func nodesSettleIt(_ state: String, _ nodes: String, _ phase: String) throws {
    #expect(try Shown.read(job: #"{"state":"\#(state)"}"#, nodes: #"{"items":[\#(nodes)]}"#) == phase)
  }

  private func read(_ document: String, _ dialect: String) throws -> String? {
    try JSONValue(Dialects.translate(document, from: dialect, to: "canonical").text)["phase"]?.stringValue
  }
}
