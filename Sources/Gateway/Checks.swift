import JobModel
import Mapping
import Transport
import Wire

/// The checks of a request, in the order its dialect lists them. Route and method have been found by then; existence is
/// seen to by the act itself.
struct Checks {
  let visit: Visit
  let exchange: Exchange
  let job: Job

  func run() throws(Front.Refusal) {
    for check in visit.spoken.codec.dialect.checks {
      do throws(Fault) { try run(check) } catch {
        throw Front.Refusal(error, visit)
      }
    }
  }

  private func run(_ check: Dialect.Check) throws(Fault) {
    switch check {
    case .route, .method, .credential, .account, .permission, .job: break
    case .size: try size()
    case .mediaType: if visit.act.operation.reads != nil { _ = try codec() }
    case .accept: try accept()
    case .body: try body()
    }
  }

  private func size() throws(Fault) {
    guard exchange.bodyTooLarge || exchange.body.count > visit.spoken.codec.dialect.size else { return }
    throw Fault(.tooLarge, "the body must be no more than \(visit.spoken.codec.dialect.size) bytes")
  }

  /// How the body is encoded: by its Content-Type, or as the dialect takes a request that has none.
  private func codec() throws(Fault) -> String {
    let consumes = visit.spoken.codec.dialect.consumes
    if let any = consumes["any"] { return any }
    let type = exchange.headerString("content-type").map { text in
      text.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }
    if let type, !type.isEmpty {
      if let known = consumes[type] { return known }
    } else if exchange.body.isEmpty, let none = consumes["none"] {
      return none
    }
    let known = consumes.keys.filter { $0 != "none" }.sorted().joined(separator: ", ")
    throw Fault(.mediaType, "the media type '\(type ?? "")' is not supported: \(known)")
  }

  private func accept() throws(Fault) {
    guard let accept = exchange.headerString("accept")?.lowercased(), !accept.isEmpty else { return }
    let produced = visit.act.operation.type ?? visit.spoken.codec.dialect.produces
    var known = visit.act.operation.type == nil ? visit.spoken.codec.dialect.accepts : []
    known.append(String(produced.prefix { $0 != ";" }))
    let ranges = known + known.map { $0.prefix { $0 != "/" } + "/*" } + ["*/*"]
    if ranges.contains(where: { accept.contains($0) }) { return }
    throw Fault(.notAcceptable, "this is answered as \(known.joined(separator: ", "))")
  }

  /// Reads the body as the operation's document into the loop's job.
  private func body() throws(Fault) {
    guard let name = visit.act.operation.reads, let reader = visit.spoken.codec.reader(name) else { return }
    switch try codec() {
    case "form": try form(exchange.body, reader)
    case "query": try form(exchange.queryBytes, reader)
    default: try reader.read(exchange.body, into: job)
    }
  }

  /// Bracketed names become the JSON they stand for. A query beside a body adds to it.
  private func form(_ bytes: UnsafeRawBufferPointer, _ reader: Reader) throws(Fault) {
    let output = Output(capacity: bytes.count * 2 + 64)
    do {
      try Form.json(from: bytes, into: output)
    } catch let fault {
      throw Fault(.malformed, "the form cannot be read: \(fault)")
    }
    try reader.read(output.written, into: job)
  }
}
