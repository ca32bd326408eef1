import JobModel
import Mapping
import Testing

/// Translation tables, §2: every phase of a node in every dialect, read back.
struct NodeTableTests {
  /// One row. `job` is the phase of the job the node belongs to.
  struct Row: Sendable {
    var node: String
    var job: String
    var server: String
    var documented: String
    var orchestrator: String
    var back: [String: String] = [:]
  }

  static let rows: [Row] = [
    Row(node: "pending", job: "accepted", server: "new", documented: "new", orchestrator: "new"),
    Row(node: "ready", job: "waiting", server: "ready", documented: "ready", orchestrator: "ready"),
    Row(node: "running", job: "running", server: "running", documented: "running", orchestrator: "running"),
    Row(
      node: "stopping", job: "stopping", server: "running", documented: "running", orchestrator: "stopping",
      back: ["server": "running", "documented": "running"]),
    Row(node: "succeeded", job: "succeeded", server: "succeeded", documented: "complete", orchestrator: "finished"),
    Row(
      node: "failed", job: "failed", server: "failed", documented: "crashed", orchestrator: "failed",
      back: ["documented": "lost"]),
    Row(node: "lost", job: "crashed", server: "crashed", documented: "crashed", orchestrator: "errored"),
    Row(
      node: "unreachable", job: "rejected", server: "unavailable", documented: "unavailable", orchestrator: "errored"),
    Row(
      node: "unreachable", job: "failed", server: "crashed", documented: "crashed", orchestrator: "errored",
      back: ["server": "lost", "documented": "lost"]),
    Row(
      node: "unreachable", job: "succeeded", server: "unavailable", documented: "unavailable",
      orchestrator: "skipped", back: ["orchestrator": "refused"]),
    Row(node: "refused", job: "rejected", server: "nacked", documented: "nacked", orchestrator: "skipped"),
    Row(
      node: "refused", job: "failed", server: "crashed", documented: "crashed", orchestrator: "skipped",
      back: ["server": "lost", "documented": "lost"]),
    Row(
      node: "withdrawn", job: "rejected", server: "was_ready", documented: "ready", orchestrator: "skipped",
      back: ["documented": "ready", "orchestrator": "refused"]),
    Row(
      node: "expired", job: "expired", server: "timed_out", documented: "aborted", orchestrator: "errored",
      back: ["documented": "stopped", "orchestrator": "lost"]),
    Row(node: "stopped", job: "stopped", server: "aborted", documented: "aborted", orchestrator: "stopped"),
    Row(
      node: "unknown", job: "unknown", server: "running", documented: "running", orchestrator: "running",
      back: ["server": "running", "documented": "running", "orchestrator": "running"]),
    Row(
      node: "unknown-over", job: "crashed", server: "crashed", documented: "crashed", orchestrator: "errored",
      back: ["server": "lost", "documented": "lost", "orchestrator": "unreachable"]),
  ]

  @Test func everyNodePhaseHasARow() { #expect(Set(Self.rows.map(\.node)) == Set(NodePhase.allCases.map(\.name))) }

  @Test(arguments: rows)
  func isWrittenAndReadBack(_ row: Row) throws {
    let columns = [
      ("server", "pushy@server-2", row.server), ("server", "pushy@server-1", row.server),
      ("documented", "pushy@documented-2", row.documented), ("documented", "pushy@documented-1", row.documented),
      ("orchestrator", "orchestrator", row.orchestrator),
    ]
    for (column, side, word) in columns {
      let shown = try Shown(row.job, nodes: [row.node], in: side)
      #expect(shown.nodeWords == [word], "\(row.node) of a job that is \(row.job) in \(side)")
      #expect(try shown.readBackNodes() == [row.back[column] ?? row.node], "\(row.node) in \(side), read back")
    }
  }

  /// Law 5, every phase with every node: what is written looks like a success exactly when it was one.
  @Test(arguments: Phase.allCases)
  func noClientIsToldOfASuccessThatWasNone(_ phase: Phase) throws {
    for side in ["pushy@server-2", "pushy@documented-2", "orchestrator", "xplenty"] {
      for node in NodePhase.allCases where phase != .succeeded || node.isHarmless {
        let shown = try Shown(phase.name, nodes: ["succeeded", node.name], in: side)
        #expect(shown.looksLikeSuccess == (phase == .succeeded), "\(phase.name) with a node \(node.name) in \(side)")
      }
    }
  }
}
