import JobModel
import Mapping
import Wire

/// Every read plan of the shipped dialects, chosen by the first byte; what it accepts is written in every profile, and that
/// is JSON; whose it is can be looked up.
final class PlanTarget: Target {
  private var plans: [(reader: Reader, writers: [Writer])] = []
  private let job = Job()
  private let other = Job()
  private let output = Output()

  init() throws {
    for file in Shipped.files {
      let codec = Codec(try DialectParser.parse(file.text, file: file.name))
      for name in codec.dialect.documents.keys.sorted() {
        guard let reader = codec.reader(name) else { continue }
        plans.append((reader, codec.dialect.profiles.compactMap { codec.writer(name, profile: $0) }))
      }
    }
  }

  func take(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let plan = plans[Int(first) % plans.count]
    job.reset()
    guard (try? plan.reader.read(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), into: job)) != nil else { return }
    other.reset()
    _ = plan.reader.identify(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), into: other)
    for writer in plan.writers {
      output.clear()
      writer.write(job, to: output)
      var tokens = Tokens(output.written)
      _ = tokens.skip()
      tokens.end()
      must(tokens.fault == nil, "a plan wrote no JSON")
    }
  }

  func seeds() -> [[UInt8]] {
    let bodies = [
      #"{"command":"run-etl","nodes":["a","b"],"quorum":1,"run_timeout":60,"env":{"A":"1"},"file":"raw:x","capture_output":true}"#,
      #"{"id":"https://h/orchestrator/v1/jobs/7","name":"7","state":"running","command":"task","options":{"task":"t","params":{"a":1},"scope":{"nodes":["a"]}},"node_count":1,"status":[{"state":"ready","enter_time":"2026-01-20T19:44:01Z","exit_time":null}],"duration":"1.5"}"#,
      #"{"items":[{"name":"a","state":"finished","start_timestamp":"2026-01-20T19:44:02Z","details":{},"latest-event-id":3}]}"#,
      #"{"id":304,"status":"completed","variables":{"day":"'monday'"},"progress":1.0,"package_id":88,"cluster_id":52,"created_at":"2026-01-20T19:44:01Z"}"#,
      #"{"id":"0123456789abcdef0123456789abcdef","command":"x","status":"complete","created_at":"Tue, 20 Jan 2026 19:44:01 GMT","nodes":{"succeeded":["a"],"nacked":["b"]}}"#,
      #"{"environment":"production","task":"package","params":{"name":"httpd"},"scope":{"query":["=","a","b"]}}"#,
    ]
    return plans.indices.flatMap { index in bodies.map { [UInt8(truncatingIfNeeded: index)] + Array($0.utf8) } }
  }
}
