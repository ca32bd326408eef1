import JobModel
import Mapping
import Transport
import Wire

/// The end of the trip: documents and faults in the caller's dialect.
extension Front {
  /// Says a fault.
  func refuse(_ exchange: Exchange, _ refusal: Refusal) {
    let answer = refusal.dialect.answer(refusal.fault, allowed: refusal.allowed)
    if answer.status >= 500 {
      site.log.error("fault", metadata: ["kind": "\(refusal.fault.kind.rawValue)", "text": "\(refusal.fault.text)"])
    }
    exchange.begin(status: answer.status)
    for header in answer.headers { add(header.name, header.value, to: exchange) }
    exchange.finish(body: answer.body)
  }

  /// Says a fault of a visit that was held.
  func refuse(_ exchange: Exchange, _ fault: Fault, _ visit: Visit) {
    refuse(exchange, Refusal(fault: fault, dialect: visit.dialect))
  }

  /// Answers a document of the visit's operation from a stored job.
  func reply(_ exchange: Exchange, _ visit: Visit, _ stored: [UInt8], edit: (Job) -> Void = { _ in }) {
    guard let loop = exchange.context as? LoopState else { return }
    guard let name = visit.operation.document, let writer = visit.spoken.codec.writer(name, profile: visit.profile) else {
      return refuse(exchange, Fault(.internal, "the operation has no document"), visit)
    }
    do throws(Fault) { try site.hub.load(stored, into: loop.job) } catch { return refuse(exchange, error, visit) }
    edit(loop.job)
    present(loop.job, visit)
    loop.output.clear()
    writer.write(loop.job, to: loop.output)
    exchange.begin(status: visit.operation.status)
    addType(exchange, visit)
    if let location = visit.dialect.text(visit.operation.location, of: loop.job, site.ids) { add("location", location, to: exchange) }
    exchange.finish(body: loop.output.written)
  }

  /// Adds what the gateway knows of a job beside what is stored: its own address, numbers for names, the time that runs.
  func present(_ job: Job, _ visit: Visit) {
    job.set(.publicURL, text: visit.publicURL)
    job.set(.account, text: visit.parameters.account)
    if job.phase == .running || job.phase == .stopping, let started = job.integer(.started) {
      job.set(.elapsed, text: seconds(max(0, site.now() - started)))
    }
    guard !visit.dialect.isCanonical, let writer = visit.spoken.codec.writer("job", profile: visit.profile) else { return }
    number(job, .package, .package, writer) { $0.package }
    number(job, .cluster, .cluster, writer) { $0.cluster }
    number(job, .ownerID, .owner, writer) { $0.owner }
  }

  private func number(
    _ job: Job, _ field: Field, _ kind: Catalogue.Kind, _ writer: Writer, _ name: (Catalogue.Names) -> String
  ) {
    guard writer.carries & (1 << UInt64(field.rawValue)) != 0, !job.has(field) else { return }
    if let number = site.catalogue.number(kind, name(Catalogue.Names(job))) { job.set(field, integer: number) }
  }

  func addType(_ exchange: Exchange, _ visit: Visit) {
    add("content-type", visit.operation.type ?? visit.dialect.produces, to: exchange)
  }

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
