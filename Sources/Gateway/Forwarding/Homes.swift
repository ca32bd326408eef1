import JobModel
import Ledger
import Mapping

/// Which job the id of a request means. Clients hold ids from before the gateway came: the home backend of a dialect keeps its
/// own, all others are the gateway's numbers (law 7).
enum Named: Sendable {
  /// By the ledger's number.
  case number(Int64)
  /// By the home backend's own id.
  case home(Backend, String)
  /// By the number that the catalogue gave to a home's id.
  case assigned(Int64)
  /// By its number in the row of a dialect; a number that is not of the row is the home's.
  case row(Int64)
}

extension Site {
  /// Where, beside a home, the numbers of one side begin: below 2^53, which every client's numbers can hold. Where ids are
  /// numbers, the home's stay and the gateway's are moved; inside 32 digits it is the other way round.
  static let beyond: Int64 = 1 << 52

  /// What an id of a path means; nil when it can be none in this dialect.
  func named(_ id: String, in dialect: Dialect) -> Named? {
    guard let text = dialect.hubID(id, ids) else { return nil }
    let isInRow = core.rows.hasBegun(dialect)
    guard let home = homes[dialect.name] else { return isInRow ? .row(Int64(text) ?? 0) : .number(Int64(text) ?? 0) }
    guard text.utf8.count < 19, let number = Int64(text) else { return .home(home, text) }
    if isInRow { return .row(number) }
    let isBeyond = number > Site.beyond
    if dialect.hasHexIDs { return isBeyond ? .home(home, "\(number - Site.beyond)") : .number(number) }
    if isBeyond { return .number(number - Site.beyond) }
    return home.dialect.hasHexIDs && dialect.hasNumberIDs ? .assigned(number) : .home(home, text)
  }

  /// A job's id as callers of a dialect know it, in the hub's spelling.
  func outwardID(_ stored: Stored, in dialect: Dialect) -> String {
    if let number = stored.rowNumbers[dialect.name] { return "\(number)" }
    guard renames(dialect) else { return "\(stored.number)" }
    let own = dialect.hasHexIDs ? "\(stored.number)" : "\(stored.number + Site.beyond)"
    guard let home = homes[dialect.name], stored.backend == home.number, let id = stored.backendID else { return own }
    return outwardID(ofHome: home, id, in: dialect) ?? own
  }

  /// Whether callers of a dialect may know jobs by other numbers than the ledger's.
  func renames(_ dialect: Dialect) -> Bool { homes[dialect.name] != nil || core.rows.hasBegun(dialect) }

  /// The id of a home's job as callers of a dialect know it, if it is not in a row; nil when it cannot be said.
  func outwardID(ofHome home: Backend, _ backendID: String, in dialect: Dialect) -> String? {
    switch (dialect.hasHexIDs, Int64(backendID)) {
    case (true, let id?): return id < Site.beyond ? "\(id + Site.beyond)" : nil
    case (false, nil) where dialect.hasNumberIDs:
      return catalogue.number(.job, home.catalogued(backendID)).map { "\($0)" }
    default: return backendID
    }
  }

  /// The home whose own list is all that this caller can see: its jobs all run there, and new ones do.
  func wholeHome(_ visit: Visit) async -> Backend? {
    let dialect = visit.spoken.codec.dialect.name
    guard let home = homes[dialect], passesOn(home, visit),
      let route = configuration.routes.first(where: { $0.mayFit(dialect, visit.parameters.account) }),
      route.isForAll, route.backend == home.name
    else { return nil }
    var others = JobPageRequest(limit: 0)
    others.otherThan = home.number
    let index = await Front.look { () async throws(LedgerFault) in try await ledger.index(others) }
    guard case .success(let found) = index, found.total ?? 1 == 0 else { return nil }
    return home
  }

  /// The job that is meant; nil when there is none. A job that its home has and the ledger has not is taken in.
  func find(_ named: Named, _ visit: Visit, _ way: Way) async -> Result<Stored?, Fault> {
    switch named {
    case .assigned(let number):
      let known = await Front.look { () async throws(LedgerFault) -> (Backend, String)? in
        guard let parts = try await catalogue.name(.job, number)?.split(separator: " "), parts.count == 2,
          let home = Int64(parts[0]).flatMap({ backends[$0] })
        else { return nil }
        try await catalogue([String(parts[1])], of: home)
        return (home, String(parts[1]))
      }
      switch known {
      case .failure(let fault): return .failure(fault)
      case .success(nil): return .success(nil)
      case .success((let home, let id)?): return await find(.home(home, id), visit, way)
      }
    case .row(let number): return await find(inRow: number, visit, way)
    case .number(let number): return await Front.look { () async throws(LedgerFault) in try await store.job(number) }
    case .home(let home, let id):
      let known = await Front.look { () async throws(LedgerFault) -> Stored? in
        guard let number = try await ledger.number(backend: home.number, backendID: id) else { return nil }
        return try await store.job(number)
      }
      guard case .success(nil) = known else { return known }
      guard await hasDoubts(on: home) else { return await adopt(id, home, visit, way) }
      // It may be the job of a submit in doubt, and must not become another one.
      await Reconciling(site: self).run()
      let found = await Front.look { () async throws(LedgerFault) -> Stored? in
        guard let number = try await ledger.number(backend: home.number, backendID: id) else { return nil }
        return try await store.job(number)
      }
      guard case .success(nil) = found, await !hasDoubts(on: home) else { return found }
      return await adopt(id, home, visit, way)
    }
  }

  /// The job of a row's number, else the home's of that id, unless the row knows it by another one.
  private func find(inRow number: Int64, _ visit: Visit, _ way: Way) async -> Result<Stored?, Fault> {
    let dialect = visit.spoken.codec.dialect.name
    let known = await Front.look { () async throws(LedgerFault) -> Stored? in
      if let job = try await ledger.job(numbered: number, in: dialect) { return try await store.job(job) }
      // Known by the ledger's own number from before the row began.
      let old = number > Site.beyond ? try await store.job(number - Site.beyond) : nil
      return old?.rowNumbers[dialect] == nil ? old : nil
    }
    guard case .success(nil) = known, let home = homes[dialect], number <= Site.beyond else { return known }
    let found = await find(.home(home, "\(number)"), visit, way)
    if case .success(let stored?) = found, stored.rowNumbers[dialect] != nil { return .success(nil) }
    return found
  }

  /// Whether there are submits to a backend of which nobody knows what became.
  private func hasDoubts(on backend: Backend) async -> Bool {
    let open = try? await ledger.intents(in: [.intended, .sent, .inDoubt])
    return open?.contains { $0.backend == backend.number } ?? true
  }

  private func adopt(_ id: String, _ home: Backend, _ visit: Visit, _ way: Way) async -> Result<Stored?, Fault> {
    let target = Backend.Target(account: home.part.account ?? visit.parameters.account, job: home.spelt(id))
    let document: [UInt8]
    switch await home.look(at: target, wantsNodes: true, hub: hub, way) {
    case .failure(let failure):
      return failure.fault.kind == .unknownJob ? .success(nil) : .failure(failure.fault)
    case .success(let seen): document = seen.document ?? []
    }
    let job = Job()
    do throws(Fault) { try hub.load(document, into: job) } catch { return .failure(error) }
    var new = NewJob(
      dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account, principal: job.text(.owner) ?? "",
      backend: home.number, backendID: id, phase: job.phase ?? .unknown, created: job.integer(.created) ?? now())
    // Of several who ask at once, one takes it in.
    let key = IdempotencyKey(key: "home \(home.number) \(id)", digest: Array(id.utf8), since: .min)
    let names = Catalogue.Names(job)
    return await Front.look { () async throws(LedgerFault) -> Stored? in
      try await catalogue.prepare(names)
      new.numberings = try await numberings(ofJobOn: home.number, isBound: true)
      let created = try await store.create(new, obligations: [], mark: nil, keys: [key], document: document)
      switch created {
      case .created(let number), .repeated(let number), .differs(let number): return try await store.job(number)
      }
    }
  }
}

extension Backend {
  /// A job's id as the catalogue knows it.
  func catalogued(_ id: String) -> String { "\(number) \(id)" }
}

extension Dialect {
  /// Job ids are 32 hexadecimal digits.
  var hasHexIDs: Bool { ids.first == .hex }

  /// Job ids are numbers.
  var hasNumberIDs: Bool { ids.first == .number || ids.first == .digits }
}
