import JobModel
import Mapping
import Transport

/// Which nodes could be given work now: those of every backend that this caller's jobs may go to.
extension Front {
  func inventory(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let operation = visit.act.operation
    let isOne = operation.kind == .node
    let asked = isOne ? [visit.parameters.node] : operation.reads == nil ? nil : loop.job.texts(.targets) ?? []
    let handle = exchange.hold()
    let site = site
    let way = Way(visit, exchange, loop)
    Task {
      let found = await site.connected(asked, visit, way)
      handle.resume { exchange in
        switch found {
        case .failure(let fault): self.refuse(exchange, fault, visit)
        case .success(let connected):
          let places = (asked ?? connected.sorted()).map { (name: $0, isConnected: connected.contains($0)) }
          self.write(places, isOne: isOne, visit, exchange)
        }
      }
    }
  }

  private func write(
    _ places: [(name: String, isConnected: Bool)], isOne: Bool, _ visit: Visit, _ exchange: Exchange
  ) {
    let codec = visit.spoken.codec
    let name = visit.act.operation.document ?? ""
    guard let loop = exchange.context as? LoopState, let whole = codec.writer(name, profile: visit.profile),
      let entry = isOne ? whole : codec.entries(name).flatMap({ codec.writer($0.document, profile: visit.profile) })
    else { return refuse(exchange, Fault(.internal, "the operation has no document"), visit) }
    loop.output.clear()
    loop.page.reset()
    if !isOne { whole.begin(loop.page, to: loop.output) }
    for place in places {
      loop.job.reset()
      loop.job.set(.placeName, text: place.name)
      loop.job.set(.placeConnected, flag: place.isConnected)
      if !isOne { whole.separate(loop.output) }
      entry.write(loop.job, to: loop.output)
    }
    if !isOne { whole.end(loop.page, to: loop.output) }
    let status = visit.act.operation.status
    begin(exchange, status, visit.passage)
    addType(exchange, visit)
    conclude(
      exchange, Conclusion(passage: acted(visit), status: status, bytes: loop.output.count, visit: visit))
    exchange.finish(body: loop.output.written)
  }
}

extension Site {
  /// The nodes that are there, of these or of all. A backend that nobody can ask says no to all.
  func connected(_ asked: [String]?, _ visit: Visit, _ way: Way) async -> Result<Set<String>, Fault> {
    var found: Set<String> = []
    let reach = reach(visit)
    for backend in reach.backends {
      let account = backend.part.account ?? visit.parameters.account
      guard backend.operation(.inventory) != nil else {
        // It is known by the clusters that its jobs name.
        found.formUnion(configuration.phrasebook.clusters.values.joined())
        continue
      }
      switch await backend.connected(asked, account: account, way) {
      case .failure(let failure): return .failure(failure.fault)
      case .success(let some): found.formUnion(some)
      }
    }
    if reach.runner { found.formUnion(configuration.runner.inventory.nodes.map(\.name)) }
    return .success(asked.map { found.intersection($0) } ?? found)
  }

  /// Where new jobs of a caller may go.
  private func reach(_ visit: Visit) -> (backends: [Backend], runner: Bool) {
    let dialect = visit.spoken.codec.dialect.name
    var found: [Backend] = []
    for route in configuration.routes where route.mayFit(dialect, visit.parameters.account) {
      if let backend = backends.values.first(where: { $0.name == route.backend }) {
        if !found.contains(where: { $0 === backend }) { found.append(backend) }
      } else {
        return (found, true)
      }
      if route.isForAll { return (found, false) }
    }
    return (found, true)
  }
}
