import Mapping
import Telemetry
import Transport

/// A question about a job as one caller asks it again and again: found and checked once, with everything that does not
/// change of the calls it takes and of its answer. It holds for as long as the job's snapshot is the latest.
final class Poll {
  let visit: Visit
  let wants: Front.Wants
  let watched: Watched
  let backend: Backend
  let job: Backend.Errand
  /// Nil when nobody is going to look at nodes, or when the platform has none to ask for.
  let nodes: Backend.Errand?
  let calls: Watched.Calls
  /// The operation whose answer the caller is shown in the platform's own words; nil when it is translated.
  let passesOn: Operation.Kind?
  /// The nodes are asked for only when the job's document says something new.
  let jobTellsAll: Bool
  /// The request by which it is known again; nil when the next one will be another one.
  private(set) var head: KnownHead?
  /// What was answered, and what the access log says of it each time.
  private(set) var known: (answer: Watched.Answer, route: AccessRoute)?

  /// Nil when the platform cannot be asked from an event loop.
  init?(_ visit: Visit, _ wants: Front.Wants, _ watched: Watched, _ site: Site) {
    guard wants.query.isEmpty, let backend = site.backends[watched.snapshot.stored.backend],
      let job = backend.watching.get, let calls = watched.calls(backend)
    else { return nil }
    (self.visit, self.wants, self.watched, self.backend, self.job) = (visit, wants, watched, backend, job)
    nodes = visit.act.showsNodes ? backend.watching.nodes : nil
    self.calls = calls
    passesOn = site.passesOn(watched.snapshot.stored, visit) ? visit.act.operation.kind : nil
    let last = watched.snapshot.stored.answers
    jobTellsAll = visit.act.operation.kind == .get && last?.nodes != nil && last?.tellsOfNodes ?? false
  }

  /// Remembers the request, if the same will mean the same: not when it has a name of its own, and not when its caller's
  /// word is good once or for a while.
  func remember(_ exchange: Exchange) {
    guard visit.caller?.isLasting ?? false, exchange.clientCertificate == nil, exchange.hasNoBody,
      !visit.passage.isNamed, visit.passage.parent == nil
    else { return }
    head = KnownHead(exchange)
  }

  /// Keeps what was answered.
  func keep(_ answer: Watched.Answer) {
    let route = visit.act.meter.route(
      visit.profile, principal: visit.principal, backend: watched.backendName, job: watched.snapshot.stored.number,
      losses: answer.losses)
    known = (answer, route)
  }

  /// The visit on a way of its own.
  func visit(_ passage: Passage) -> Visit {
    var visit = visit
    visit.passage = passage
    return visit
  }
}

/// Questions that were asked before, by the heads of their requests. A new one takes the place of another.
struct Polls {
  private var places: [Poll?] = []
  private static let count = 1024

  /// The question of a request, if the answer is still to be had as it was.
  func known(_ exchange: Exchange) -> Poll? {
    guard !places.isEmpty, let poll = places[Polls.place(exchange)], let head = poll.head, head.isSame(as: exchange),
      poll.watched.snapshot.isLatest, exchange.clientCertificate == nil
    else { return nil }
    return poll
  }

  /// Keeps a question; gives the bytes it takes.
  mutating func keep(_ poll: Poll, _ exchange: Exchange) -> Int {
    guard let head = poll.head else { return 0 }
    if places.isEmpty { places = Array(repeating: nil, count: Polls.count) }
    places[Polls.place(exchange)] = poll
    return head.weight
  }

  /// Forgets them all.
  mutating func removeAll() { places = [] }

  private static func place(_ exchange: Exchange) -> Int { Int(exchange.headMark % UInt64(count)) }
}
