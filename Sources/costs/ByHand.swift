import Foundation

// The same two translations as anyone would write them with Codable: one structure a document, one function a way.

struct PushySubmit: Decodable {
  var command: String
  var nodes: [String]
  var run_timeout: Int?
  var quorum: Int?
  var capture_output: Bool?
  var env: [String: String]?
  var dir: String?
  var user: String?
  var file: String?
}

struct PushyJob: Encodable {
  var id: String
  var command: String
  var status: String
  var created_at: String
  var updated_at: String
  var nodes: [String: [String]]
}

struct OrchestratorJob: Codable {
  struct Options: Codable {
    var description: String?
    var transport: String?
    var noop: Bool?
    var task: String?
    var params: [String: String]?
    var sensitive: [String]?
    var concurrency: Int?
    var scope: Scope?
    var environment: String?
  }
  struct Scope: Codable { var nodes: [String]? }
  struct Owner: Codable {
    var id: String?
    var login: String?
  }
  struct State: Codable {
    var state: String
    var enter_time: String?
    var exit_time: String?
  }
  struct Link: Codable { var id: String }
  struct Environment: Codable { var name: String }

  var description: String?
  var id: String
  var name: String
  var command: String
  var type: String?
  var state: String
  var options: Options?
  var node_count: Int?
  var node_states: [String: Int]?
  var owner: Owner?
  var timestamp: String?
  var created_timestamp: String?
  var started_timestamp: String?
  var finished_timestamp: String?
  var duration: String?
  var environment: Environment?
  var status: [State]?
  var nodes: Link?
  var report: Link?
  var events: Link?
}

/// Foundation's coders and date formatters, kept between uses.
final class ByHand {
  private let decoder = JSONDecoder()
  private let encoder = JSONEncoder()
  private let iso = ISO8601DateFormatter()
  private let rfc = DateFormatter()

  init() {
    rfc.locale = Locale(identifier: "en_US_POSIX")
    rfc.timeZone = TimeZone(identifier: "UTC")
    rfc.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    encoder.outputFormatting = .withoutEscapingSlashes
  }

  func translate(_ body: Data, _ hand: Translated.Hand) throws -> Int {
    switch hand {
    case .submit: try submit(body)
    case .job: try job(body)
    }
  }

  /// pushy's request as an orchestrator job.
  private func submit(_ body: Data) throws -> Int {
    let asked = try decoder.decode(PushySubmit.self, from: body)
    let base = "https://gateway.example.com:8143/orchestrator/v1/jobs/2345"
    let created = iso.string(from: Date(timeIntervalSince1970: 1_795_200_000))
    let job = OrchestratorJob(
      description: "", id: base, name: "2345", command: "task", type: "task", state: "new",
      options: .init(
        description: "", transport: "pxp", noop: false, task: asked.command, params: [:], sensitive: [],
        concurrency: nil, scope: .init(nodes: asked.nodes), environment: "production"),
      node_count: asked.nodes.count, node_states: ["new": asked.nodes.count],
      owner: .init(id: "00000000-0000-4000-8000-000000000000", login: ""), timestamp: created,
      created_timestamp: created, started_timestamp: created, finished_timestamp: nil, duration: "0.0",
      environment: .init(name: "production"), status: [], nodes: .init(id: base + "/nodes"),
      report: .init(id: base + "/report"), events: .init(id: base + "/events"))
    return try encoder.encode(job).count
  }

  /// An orchestrator job as pushy's.
  private func job(_ body: Data) throws -> Int {
    let job = try decoder.decode(OrchestratorJob.self, from: body)
    let states = ["new": "new", "ready": "voting", "running": "running", "stopping": "running", "stopped": "aborted"]
    let names = job.options?.scope?.nodes ?? []
    let written = PushyJob(
      id: String(repeating: "0", count: 32 - job.name.count) + job.name,
      command: job.options?.task ?? "deploy \(job.options?.environment ?? "")",
      status: states[job.state] ?? "complete",
      created_at: job.created_timestamp.flatMap { iso.date(from: $0) }.map { rfc.string(from: $0) } ?? "",
      updated_at: job.timestamp.flatMap { iso.date(from: $0) }.map { rfc.string(from: $0) } ?? "",
      nodes: ["running": names])
    return try encoder.encode(written).count
  }
}
