import Mapping
import Telemetry
import Transport

/// A question about a job as one caller asks it again and again: found and checked once, with everything that does not
/// change of the calls it takes and of its answer. It holds for as long as the job's snapshot is the latest.
final class Poll {
  let front: Front
  let visit: Visit
  let wants: Front.Wants
  let watched: Watched
  let backend: Backend
  let upstream: Upstream
  let job: Backend.Errand
  /// Nil when nobody is going to look at nodes, or when the platform has none to ask for.
  let nodes: Backend.Errand?
  let calls: Watched.Calls
  /// How long calls to the platform take.
  let callTime: Histogram
  /// What the platform said the last time of the job, and of its nodes.
  private(set) var lastJob = Held<LastAnswer>()
  private(set) var lastNodes = Held<LastAnswer>()
  /// The operation whose answer the caller is shown in the platform's own words; nil when it is translated.
  let passesOn: Operation.Kind?
  /// The nodes are asked for only when the job's document says something new.
  let jobTellsAll: Bool
  /// The request by which it is known again; nil when the next one will be another one.
  private(set) var head = Held<KnownHead>()
  /// What was answered, and what is counted and logged of it each time.
  private(set) var known = Held<Known>()

  /// An answer that is given again, but for how long its job has been running.
  final class Known {
    let status: Int
    let head: PreparedAnswer
    let body: Watched.Text
    let route: AccessRoute
    let answers: Counter
    let duration: Histogram

    fileprivate init(_ answer: Watched.Answer, _ body: Watched.Text, _ route: AccessRoute, _ visit: Visit) {
      status = visit.act.operation.status
      (head, self.body, self.route) = (answer.head, body, route)
      (answers, duration) = (visit.act.meter.answers[Statuses.index(of: status)], visit.act.meter.duration)
    }
  }

  /// Nil when the platform cannot be asked from this event loop.
  init?(_ front: Front, _ visit: Visit, _ wants: Front.Wants, _ watched: Watched, _ loop: Front.LoopState) {
    let site = front.site
    guard wants.query.isEmpty, let backend = site.backends[watched.snapshot.stored.backend],
      let upstream = backend.upstream(loop.lane), let job = backend.watching.get, let calls = watched.calls(backend)
    else { return nil }
    (self.front, self.visit, self.wants, self.watched) = (front, visit, wants, watched)
    (self.backend, self.upstream, self.job, callTime) = (backend, upstream, job, backend.duration)
    nodes = visit.act.showsNodes ? backend.watching.nodes : nil
    self.calls = calls
    passesOn = site.passesOn(watched.snapshot.stored, visit) ? visit.act.operation.kind : nil
    let last = watched.snapshot.stored.answers
    jobTellsAll = visit.act.operation.kind == .get && last?.nodes != nil && last?.tellsOfNodes ?? false
    if let job = last?.job { lastJob.put(job) }
    if let nodes = last?.nodes { lastNodes.put(nodes) }
  }

  /// Remembers the request, if the same will mean the same: not when it has a name of its own, and not when its caller's
  /// word is good once or for a while.
  func remember(_ exchange: Exchange) {
    guard visit.caller?.isLasting ?? false, exchange.clientCertificate == nil, exchange.hasNoBody,
      !visit.passage.isNamed, visit.passage.parent == nil
    else { return }
    head.put(KnownHead(exchange))
  }

  /// The same request will be known.
  var isRemembered: Bool { head.lent.use { _ in true } ?? false }

  /// Keeps what was answered.
  func keep(_ answer: Watched.Answer, _ body: Watched.Text, _ exchange: Exchange, _ passage: Passage) {
    let status = visit.act.operation.status
    let route = visit.act.meter.route(
      AccessRecord(exchange, passage, status: status, bytes: 0, at: 0, ended: 0), visit.profile,
      principal: visit.principal, backend: watched.backendName, job: watched.snapshot.stored.number,
      losses: answer.losses)
    known.put(Known(answer, body, route, visit))
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
  @inline(__always)
  func known(_ exchange: Exchange) -> Poll? {
    guard !places.isEmpty, let poll = places[Polls.place(exchange)],
      poll.head.lent.use({ $0.isSame(as: exchange) }) ?? false, poll.watched.snapshot.isLatest,
      !exchange.secure || exchange.clientCertificate == nil
    else { return nil }
    return poll
  }

  /// Keeps a question; gives the bytes it takes.
  mutating func keep(_ poll: Poll, _ exchange: Exchange) -> Int {
    guard let weight = poll.head.lent.use({ $0.weight }) else { return 0 }
    if places.isEmpty { places = Array(repeating: nil, count: Polls.count) }
    places[Polls.place(exchange)] = poll
    return weight
  }

  /// Forgets them all.
  mutating func removeAll() { places = [] }

  private static func place(_ exchange: Exchange) -> Int { Int(exchange.headMark % UInt64(count)) }
}
