import JobModel
import Ledger
import Mapping
import Transport
import Wire

/// The list of jobs, in the caller's order and page. What is long leaves while it is read: a portion is in memory at a time.
extension Front {
  func list(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    let wanted: Listed
    do throws(Fault) { wanted = try Listed(visit, Query(exchange.queryBytes)) } catch {
      throw Refusal(error, visit)
    }
    guard let answer = ListAnswer(self, visit, wanted) else {
      throw Refusal(Fault(.internal, "the operation has no list"), visit)
    }
    let handle = exchange.hold()
    let site = site
    let way = Way(visit, exchange, loop)
    let names = visit.act.operation.page?.names ?? []
    let query = Front.passedOn(Query(exchange.queryBytes), names)
    let filters = Front.passedOn(Query(exchange.queryBytes), visit.act.operation.page?.filters ?? [])
    Task {
      if let home = await site.wholeHome(visit) {
        return await self.pass(on: home, query: query, handle, visit, way)
      }
      var jobs = ListedJobs(site, visit, wanted, homeQuery: filters, way)
      if let fault = await Self.tell(&jobs, by: answer, handle) {
        handle.resume { self.refuse($0, fault, visit) }
      }
    }
  }

  /// Sends the jobs portion by portion. Answers what kept it from beginning; a list that has begun is broken off.
  private static func tell(
    _ jobs: inout ListedJobs, by answer: ListAnswer, _ handle: Handle
  ) async -> Fault? {
    var hasBegun = false
    while true {
      switch await jobs.next() {
      case .failure(let fault):
        guard hasBegun else { return fault }
        handle.breakOff()
        return nil
      case .success(let portion) where portion.isLast:
        handle.resume { answer.write(portion, $0) }
        return nil
      case .success(let portion):
        guard await handle.write({ answer.write(portion, $0) }) else { return nil }
        hasBegun = true
      }
    }
  }

  /// All jobs are at home: its own list is the answer.
  private func pass(on home: Backend, query: String, _ handle: Handle, _ visit: Visit, _ way: Way) async {
    guard let list = home.operation(.list) else {
      return handle.resume { self.refuse($0, Fault(.unsupported, "\(home.name) has no list of jobs"), visit) }
    }
    let target = Backend.Target(account: home.part.account ?? visit.parameters.account)
    switch await home.call(list, target, query: query, way) {
    case .failure(let failure): handle.resume { self.refuse($0, failure.fault, visit) }
    case .success(let answer):
      handle.resume { exchange in
        if self.pass(on: answer.body, listOf: home, exchange, visit) { return }
        self.refuse(exchange, home.nonsense.fault, visit)
      }
    }
  }
}
