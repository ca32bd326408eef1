import JobModel
import Mapping
import Telemetry
import Transport
import Wire

/// The end of the trip: documents and faults in the caller's dialect.
extension Front {
  /// Says a fault.
  func refuse(_ exchange: Exchange, _ refusal: Refusal, _ passage: Passage) {
    let answer = refusal.dialect.answer(refusal.fault, allowed: refusal.allowed)
    if answer.status >= 500 {
      site.log.error(
        "fault",
        metadata: [
          "kind": "\(refusal.fault.kind.rawValue)", "text": "\(refusal.fault.text)",
          "request": "\(passage.request.text)",
        ])
    }
    conclude(
      exchange,
      Conclusion(
        passage: refusal.visit?.passage ?? passage, status: answer.status, bytes: answer.body.count,
        visit: refusal.visit, fault: refusal.fault.kind))
    begin(exchange, answer.status, passage)
    for header in answer.headers { add(header.name, header.value, to: exchange) }
    exchange.finish(body: answer.body)
  }

  /// Begins an answer; a request that the caller has named is called that again.
  func begin(_ exchange: Exchange, _ status: Int, _ passage: Passage) {
    exchange.begin(status: status)
    if passage.isNamed { add("x-request-id", passage.request.text, to: exchange) }
  }

  /// Says a fault of a visit that was held.
  func refuse(_ exchange: Exchange, _ fault: Fault, _ visit: Visit) {
    refuse(exchange, Refusal(fault, visit), visit.passage)
  }

  /// Answers a document of the visit's operation from a stored job.
  func reply(
    _ exchange: Exchange, _ visit: Visit, _ stored: Stored, losses: [Loss]? = nil, recall: Recall? = nil,
    edit: (Job) -> Void = { _ in }
  ) {
    guard let loop = exchange.context as? LoopState else { return }
    guard let writer = visit.act.writers[visit.profile]
    else {
      return refuse(exchange, Fault(.internal, "the operation has no document"), visit)
    }
    do throws(Fault) { try site.hub.load(stored.document, into: loop.job) } catch {
      return refuse(exchange, error, visit)
    }
    let known = recall?.known
    let lost = known == nil ? losses ?? lost(loop.job, stored.backend, visit) : []
    edit(loop.job)
    let shown = present(loop.job, visit, stored)
    loop.output.clear()
    writer.write(loop.job, to: loop.output)
    let answer =
      known
      ?? Watched.Answer(
        type: type(visit),
        location: visit.spoken.codec.dialect.text(visit.act.operation.location, of: loop.job, site.ids),
        losses: AccessLosses(lost),
        lossHeader: lost.isEmpty ? "" : Front.header(lost, in: site.core.backendName(stored.backend)))
    begin(answer, exchange, visit)
    exchange.append(loop.output.written)
    conclude(answer, exchange, visit, stored.number, site.core.backendName(stored.backend), bytes: loop.output.count)
    if let recall {
      let body = Watched.Text(loop.output, shown) { text in
        loop.job.set(.elapsed, text: text)
        writer.write(loop.job, to: loop.output)
      }
      recall.keep(answer, body)
    }
    exchange.finish()
  }

  /// Sends an answer that is known.
  func send(
    _ answer: Watched.Answer, _ body: Watched.Text, _ exchange: Exchange, _ visit: Visit, _ watched: Watched
  ) {
    begin(answer, exchange, visit)
    let count = body.write(to: exchange, at: site.now())
    conclude(answer, exchange, visit, watched.snapshot.stored.number, watched.backendName, bytes: count)
    exchange.finish()
  }

  /// Begins an answer: everything that stands before its body.
  func begin(_ answer: Watched.Answer, _ exchange: Exchange, _ visit: Visit) {
    begin(exchange, visit.act.operation.status, visit.passage)
    exchange.headers(answer.head)
  }

  func conclude(
    _ answer: Watched.Answer, _ exchange: Exchange, _ visit: Visit, _ job: Int64, _ backend: String, bytes: Int
  ) {
    conclude(
      exchange,
      Conclusion(
        passage: acted(visit), status: visit.act.operation.status, bytes: bytes, visit: visit, job: job,
        backend: backend, losses: answer.losses))
  }

  /// What the answer will not say of a job that a platform runs.
  func lost(_ job: Job, _ backend: Int64, _ visit: Visit) -> [Loss] {
    guard backend != 0, let source = site.backends[backend]?.dialect.name else { return [] }
    return visit.act.losses(job, from: source, profile: visit.profile)
  }

  /// The way of a request whose act is done, now.
  func acted(_ visit: Visit) -> Passage {
    var passage = visit.passage
    passage.acted = site.core.instruments.ticks()
    return passage
  }

  /// Losses as a structured header (RFC 9651, a list of tokens with parameters).
  static func header(_ losses: [Loss], in backend: String) -> String {
    let said = losses.prefix(Front.mostLosses).map {
      "\($0.field);disposition=\($0.disposition.rawValue);dialect=\(backend)"
    }
    let more = losses.count - said.count
    return (said + (more > 0 ? ["more;count=\(more)"] : [])).joined(separator: ", ")
  }

  /// Losses that a header names one by one.
  private static let mostLosses = 32

  /// Whether a job reads the same the next time.
  enum Shown {
    case steady
    /// But for how long it has been running: since then, in milliseconds since 1970.
    case running(since: Int64)
    case changing
  }

  /// Adds what the gateway knows of a job beside what is stored, and its id as the caller knows it.
  @discardableResult
  func present(_ job: Job, _ visit: Visit, _ stored: Stored) -> Shown {
    let dialect = visit.spoken.codec.dialect
    if site.renames(dialect) { job.set(.id, text: site.outwardID(stored, in: dialect)) }
    return present(job, visit)
  }

  /// Adds the gateway's own address, numbers for names, the time that runs.
  @discardableResult
  func present(_ job: Job, _ visit: Visit) -> Shown {
    job.set(.publicURL, text: visit.publicURL)
    job.set(.account, text: visit.parameters.account)
    var shown = Shown.steady
    if visit.act.showsElapsed, job.phase == .running || job.phase == .stopping, let started = job.integer(.started) {
      job.set(.elapsed, text: seconds(max(0, site.now() - started)))
      shown = .running(since: started)
    }
    guard !visit.act.numbers.isEmpty else { return shown }
    let names = Catalogue.Names(job)
    let found = [
      number(job, visit, .package, .package, names.package), number(job, visit, .cluster, .cluster, names.cluster),
      number(job, visit, .ownerID, .owner, names.owner),
    ]
    return found.contains(false) ? .changing : shown
  }

  /// Adds a number; false when nobody has given one yet.
  private func number(_ job: Job, _ visit: Visit, _ field: Field, _ kind: Catalogue.Kind, _ name: String) -> Bool {
    guard visit.act.numbers.contains(field), !job.has(field) else { return true }
    guard let number = site.catalogue.number(kind, name) else { return false }
    job.set(field, integer: number)
    return true
  }

  /// The media type of an operation's answers.
  func type(_ visit: Visit) -> String { visit.act.operation.type ?? visit.spoken.codec.dialect.produces }

  func addType(_ exchange: Exchange, _ visit: Visit) { add("content-type", type(visit), to: exchange) }

  func add(_ name: String, _ value: String, to exchange: Exchange) {
    var name = name
    var value = value
    name.withUTF8 { name in
      value.withUTF8 { value in
        exchange.header(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
      }
    }
  }
}
