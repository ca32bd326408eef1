import Credentials
import JobModel
import Mapping
import Transport
import Wire

/// The checks of a request, in the order its dialect lists them. Route and method have been found by then; existence is
/// seen to by the act itself. What a dialect does not list about its callers is checked last, not left out.
struct Checks {
  private var visit: Visit
  private let exchange: Exchange
  private let job: Job
  private let callers: Callers
  private var evidence: Evidence?

  init(_ visit: consuming Visit, _ exchange: Exchange, _ job: Job, _ callers: Callers) {
    (self.visit, self.exchange, self.job, self.callers) = (visit, exchange, job, callers)
  }

  /// Runs them all; gives the visit with what they have found.
  consuming func passed() throws(Front.Refusal) -> Visit {
    do throws(Fault) {
      for check in visit.spoken.codec.dialect.checks { try run(check) }
      if !visit.isPermitted { try permission() }
    } catch {
      throw Front.Refusal(error, visit)
    }
    return visit
  }

  private mutating func run(_ check: Dialect.Check) throws(Fault) {
    switch check {
    case .route, .method, .job: break
    case .credential: try credential()
    case .account: try account()
    case .permission: try permission()
    case .size: try size()
    case .mediaType: if visit.act.operation.reads != nil { _ = try codec() }
    case .accept: try accept()
    case .body: try body()
    }
  }

  /// What the head of the request shows of its caller.
  private mutating func credential() throws(Fault) {
    guard visit.asksForCredential else { return }
    let shown = try callers.evidence(exchange, visit.spoken)
    evidence = shown
    if let known = shown.principal { visit.principal = known.name }
  }

  /// Who the caller is, and whether the organization or account of the path is theirs.
  private mutating func account() throws(Fault) {
    if evidence == nil { try credential() }
    guard let evidence, visit.caller == nil else { return }
    let caller = try callers.caller(evidence, exchange, visit)
    visit.caller = caller
    visit.principal = caller.principal.name
  }

  private mutating func permission() throws(Fault) {
    try account()
    if let caller = visit.caller { try callers.permit(caller, visit, job) }
    visit.isPermitted = true
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

  /// As what the body is read. A dialect that asks for the media type only afterwards has read the body by then.
  private func encoding() throws(Fault) -> String {
    let dialect = visit.spoken.codec.dialect
    if let body = dialect.checks.firstIndex(of: .body), let type = dialect.checks.firstIndex(of: .mediaType),
      body < type,
      Set(dialect.consumes.values).count == 1, let only = dialect.consumes.values.first
    {
      return only
    }
    return try codec()
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
    switch try encoding() {
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
