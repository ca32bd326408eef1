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
}

extension Site {
  /// Where the gateway's own numbers begin for a dialect whose home has numbers of its own: below 2^53, which every client's
  /// numbers can hold.
  static let beyondHome: Int64 = 1 << 52

  /// What an id of a path means; nil when it can be none in this dialect.
  func named(_ id: String, in dialect: Dialect) -> Named? {
    guard let text = dialect.hubID(id, ids) else { return nil }
    guard let home = homes[dialect.name] else { return .number(Int64(text) ?? 0) }
    guard let number = Int64(text), text.utf8.count < 19 else { return .home(home, text) }
    if dialect.ids.first == .hex { return .number(number) }
    return number > Site.beyondHome ? .number(number - Site.beyondHome) : .home(home, text)
  }

  /// A job's id as callers of a dialect know it, in the hub's spelling.
  func outwardID(_ number: Int64, backend: Int64, backendID: String?, in dialect: Dialect) -> String {
    guard let home = homes[dialect.name] else { return "\(number)" }
    if backend == home.number, let backendID { return backendID }
    return dialect.ids.first == .hex ? "\(number)" : "\(number + Site.beyondHome)"
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
    let page = await Front.look { () async throws(LedgerFault) in try await ledger.page(others) }
    guard case .success(let found) = page, found.total == 0 else { return nil }
    return home
  }

  /// The job that is meant; nil when there is none. A job that its home has and the ledger has not is taken in.
  func find(_ named: Named, _ visit: Visit, _ way: Way) async -> Result<Stored?, Fault> {
    switch named {
    case .number(let number): return await Front.look { () async throws(LedgerFault) in try await store.job(number) }
    case .home(let home, let id):
      let known = await Front.look { () async throws(LedgerFault) -> Stored? in
        guard let number = try await ledger.number(backend: home.number, backendID: id) else { return nil }
        return try await store.job(number)
      }
      if case .success(nil) = known { return await adopt(id, home, visit, way) }
      return known
    }
  }

  private func adopt(_ id: String, _ home: Backend, _ visit: Visit, _ way: Way) async -> Result<Stored?, Fault> {
    let target = Backend.Target(account: home.part.account ?? visit.parameters.account, job: home.spelt(id))
    let seen: Backend.Seen
    switch await home.look(at: target, wantsNodes: true, hub: hub, way) {
    case .failure(let failure):
      return failure.fault.kind == .unknownJob ? .success(nil) : .failure(failure.fault)
    case .success(let found): seen = found
    }
    let job = Job()
    do throws(Fault) { try hub.load(seen.document, into: job) } catch { return .failure(error) }
    let new = NewJob(
      dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account, principal: job.text(.owner) ?? "",
      backend: home.number, backendID: id, phase: job.phase ?? .unknown, created: job.integer(.created) ?? now())
    // Of several who ask at once, one takes it in.
    let key = IdempotencyKey(key: "home \(home.number) \(id)", digest: Array(id.utf8), since: .min)
    let names = Catalogue.Names(job)
    return await Front.look { () async throws(LedgerFault) -> Stored? in
      try await catalogue.prepare(names)
      let created = try await store.create(new, obligations: [], mark: nil, keys: [key], document: seen.document)
      switch created {
      case .created(let number), .repeated(let number), .differs(let number): return try await store.job(number)
      }
    }
  }
}
