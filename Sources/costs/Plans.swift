import JobModel
import Mapping
import Wire

/// One translation by the mappings: a reader, a job, a writer and an output that are used again and again, as an event
/// loop does.
struct PlanRun {
  let reader: Reader
  let writer: Writer
  let job = Job()
  let output = Output()
  /// What the gateway adds to a submit before it shows the job.
  let isSubmit: Bool

  init(_ from: String, _ source: String, _ to: String, _ target: String) throws {
    let (here, there) = (try PlanRun.codec(from), try PlanRun.codec(to))
    guard let reader = here.reader(source),
      let writer = there.writer(target, profile: there.dialect.defaultProfile)
    else { throw Fault(.internal, "no document '\(source)' or '\(target)'") }
    self.reader = reader
    self.writer = writer
    isSubmit = source == "submit"
  }

  /// Reads, adds what the gateway knows, and writes; gives the length of what was written.
  func once(_ body: UnsafeRawBufferPointer) throws -> Int {
    job.reset()
    try reader.read(body, into: job)
    if isSubmit {
      job.set(.id, text: "2345")
      job.phase = .accepted
      job.set(.created, integer: 1_795_200_000_000)
    }
    job.set(.publicURL, text: "https://gateway.example.com:8143")
    job.set(.account, text: "site")
    output.clear()
    writer.write(job, to: output)
    return output.count
  }

  /// Only the reading; gives the number of fields.
  func readOnce(_ body: UnsafeRawBufferPointer) throws -> Int {
    job.reset()
    try reader.read(body, into: job)
    return job.filled.nonzeroBitCount
  }

  static func codec(_ name: String) throws -> Codec {
    guard let file = Shipped.files.first(where: { $0.name == name + ".yaml" }) else {
      throw Fault(.internal, "no mapping '\(name)'")
    }
    return Codec(try DialectParser.parse(file.text, file: file.name))
  }
}

/// The floor of any reader: every byte checked, nothing kept.
func skip(_ body: UnsafeRawBufferPointer) -> Int {
  var tokens = Tokens(body)
  let range = tokens.skip()
  tokens.end()
  return tokens.fault == nil ? range.length : 0
}
