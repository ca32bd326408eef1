import JobModel
import Wire

/// Reads documents of one kind into canonical jobs: one pass over the bytes, nothing allocated.
///
/// A reader is immutable and can be shared; all state of one reading is in its `Reading`.
package final class Reader: Sendable {
  let plan: ReadPlan
  /// The document as the mapping has it, for judging requests in the platform's own order.
  package let document: Document
  package let dialect: String
  let ids: JobIDs

  /// Hub fields it can fill: bit n, field n.
  package var carries: UInt64 { plan.carries }

  /// Compiles a document.
  package init(_ document: Document, _ dialect: Dialect, ids: JobIDs) {
    plan = ReadCompiler.compile(document, dialect)
    self.document = document
    self.dialect = dialect.name
    self.ids = ids
  }

  /// The JSON pointer of an object by its number.
  package func path(ofObject number: Int) -> String { number < plan.paths.count ? plan.paths[number] : "" }

  /// Reads one document into `job`, which keeps what it had: a job's nodes may be read after the job.
  ///
  /// Throws `malformed` for bytes that are no JSON, and for requests `invalid` with the platform's own words. The job is
  /// rubbish then.
  package func read(_ body: UnsafeRawBufferPointer, into job: Job) throws(Fault) {
    let start = job.arena.append(body)
    try read(arenaFrom: start, into: job)
  }

  /// Reads a document whose bytes are already the arena's last ones.
  package func read(arenaFrom start: Int, into job: Job) throws(Fault) {
    let bytes = job.arena.bytes
    let (fault, isOdd) = withReading(job, from: start) { reading in
      reading.document()
      guard reading.tokens.fault == nil else { return (reading.tokens.fault, false) }
      let isOdd = reading.isOdd
      reading.finish(ids)
      return (nil, isOdd)
    }
    if let fault { throw malformed(fault, bytes, start) }
    if isOdd, plan.isRequest {
      let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start...]), as: UTF8.self)
      throw Judge(document: document).judge(text)
    }
  }

  /// A reading of what lies in the arena from `start` on.
  @inline(__always)
  func withReading<Result>(_ job: Job, from start: Int, _ body: (inout Reading) -> Result) -> Result {
    let bytes = job.arena.bytes
    guard let base = bytes.baseAddress else { preconditionFailure("an arena has memory from the beginning") }
    return plan.withTables { tables in
      var reading = Reading(
        reader: self, tables: tables, job: job, tokens: Tokens(bytes, from: start), bytes: bytes, base: base,
        limit: bytes.count, isRequest: plan.isRequest)
      return body(&reading)
    }
  }

  private func malformed(_ fault: JSONFault, _ bytes: UnsafeRawBufferPointer, _ start: Int) -> Fault {
    var shifted = fault
    shifted.offset -= start
    let place = shifted.position(in: UnsafeRawBufferPointer(rebasing: bytes[start...]))
    return Fault(.malformed, "line \(place.line), column \(place.column): \(fault.description)")
  }
}
