import JobModel
import Mapping
import Transport

/// Between two sides of one dialect and profile a document is passed on as it came, but for ids and addresses (law 3).
extension Site {
  /// Whether what the job's platform says is what this caller reads.
  func passesOn(_ stored: Stored, _ visit: Visit) -> Bool {
    backends[stored.backend].map { passesOn($0, visit) } ?? false
  }

  /// Whether a backend speaks as this caller does.
  func passesOn(_ backend: Backend, _ visit: Visit) -> Bool {
    visit.spoken.codec.dialect.name == backend.dialect.name && visit.profile == backend.profile
      && visit.act.operation.document != nil && backend.part.nodes.isEmpty
  }

  /// What stands for what in a document about a job.
  func names(_ stored: Stored, _ backend: Backend, _ visit: Visit) -> Splicing.Names {
    let dialect = visit.spoken.codec.dialect
    let outward = outwardID(stored, in: dialect)
    return Splicing.Names(
      theirID: backend.spelt(stored.backendID ?? ""), ourID: dialect.outerID(outward, ids) ?? outward,
      theirAccount: backend.part.account ?? stored.scope, ourAccount: visit.parameters.account,
      base: backend.part.base, publicURL: visit.publicURL, origins: backend.origins)
  }

  /// What stands for what in a document about a job at home.
  func names(ofHome home: Backend, id: String, calledHere own: String? = nil, _ visit: Visit) -> Splicing.Names {
    Splicing.Names(
      theirID: id, ourID: own ?? id, theirAccount: home.part.account ?? visit.parameters.account,
      ourAccount: visit.parameters.account, base: home.part.base, publicURL: visit.publicURL, origins: home.origins)
  }
}

extension Front {
  /// Answers with what the platform said. False when that cannot be passed on, or says less than the ledger knows.
  func pass(
    on raw: [UInt8], _ exchange: Exchange, _ visit: Visit, _ stored: Stored, _ recall: Recall? = nil
  ) -> Bool {
    guard let backend = site.backends[stored.backend], let name = visit.act.operation.document,
      let document = visit.spoken.codec.dialect.documents[name], isCurrent(raw, name, stored, visit),
      let body = raw.withUnsafeBytes({ Splicing(document).splice($0, site.names(stored, backend, visit)) })
    else { return false }
    let answer = Watched.Answer(type: type(visit), location: location(visit, stored))
    recall?.keep(answer, Watched.Text(body))
    begin(answer, exchange, visit)
    conclude(answer, exchange, visit, stored.number, backend.name, bytes: body.count)
    body.withUnsafeBytes { exchange.finish(body: $0) }
    return true
  }

  private func location(_ visit: Visit, _ stored: Stored) -> String? {
    guard !visit.act.operation.location.isEmpty else { return nil }
    let job = Job()
    job.set(.id, text: "\(stored.number)")
    present(job, visit, stored)
    return visit.spoken.codec.dialect.text(visit.act.operation.location, of: job, site.ids)
  }

  /// Answers a list with what the home says, entry by entry with the gateway's addresses. False when it cannot.
  func pass(on raw: [UInt8], listOf home: Backend, _ exchange: Exchange, _ visit: Visit) -> Bool {
    guard let name = visit.act.operation.document, let entries = visit.spoken.codec.entries(name),
      let reader = visit.spoken.codec.reader(entries.document),
      let document = visit.spoken.codec.dialect.documents[entries.document]
    else { return false }
    var body: [UInt8] = []
    let job = Job()
    let isWhole = raw.withUnsafeBytes { bytes -> Bool in
      guard let ranges = try? entries.ranges(bytes) else { return false }
      var at = 0
      for range in ranges {
        job.reset()
        let entry = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard (try? reader.read(entry, into: job)) != nil else { return false }
        let names = site.names(ofHome: home, id: home.spelt(job.text(.id) ?? ""), visit)
        guard let spliced = Splicing(document).splice(entry, names) else { return false }
        body += bytes[at..<range.lowerBound] + spliced
        at = range.upperBound
      }
      body += bytes[at...]
      return true
    }
    guard isWhole else { return false }
    begin(exchange, visit.act.operation.status, visit.passage)
    addType(exchange, visit)
    conclude(
      exchange,
      Conclusion(
        passage: acted(visit), status: visit.act.operation.status, bytes: body.count, visit: visit,
        backend: home.name))
    body.withUnsafeBytes { exchange.finish(body: $0) }
    return true
  }

  /// Whether a document says the phase that the ledger knows: nothing is ever told that goes backwards (law 8).
  private func isCurrent(_ raw: [UInt8], _ name: String, _ stored: Stored, _ visit: Visit) -> Bool {
    let seen = Job(), known = Job()
    guard let reader = visit.spoken.codec.reader(name),
      raw.withUnsafeBytes({ (try? reader.read($0, into: seen)) != nil }),
      (try? site.hub.load(stored.document, into: known)) != nil
    else { return false }
    guard let phase = seen.phase else { return true }
    guard let before = known.phase else { return true }
    return phase.rank >= before.rank || phase == .unknown && before == .unknown
  }
}
