import Telemetry
import Transport

/// What an event loop keeps of a job that is asked for again and again: its latest snapshot, how its platform is asked for
/// it, and answers as they were written. All of it holds for as long as the snapshot is the latest.
final class Watched {
  let snapshot: Snapshot
  /// What the job's backend is called.
  let backendName: String
  /// How its platform is asked for it, once it has been.
  private var asked: Calls?
  private var answers: [(key: Key, answer: Answer)] = []

  /// Callers of one kind: they all get the same answer.
  struct Key: Equatable {
    var act: ObjectIdentifier
    var profile: String
    var publicURL: String
    var account: String
    var wants: Front.Wants
  }

  /// An answer to them.
  final class Answer {
    let head: PreparedAnswer
    let losses: AccessLosses?
    /// Nil when it is another one each time.
    fileprivate(set) var body: Text?

    /// `lossHeader` is what the header says of losses; empty when there are none.
    init(type: String, location: String?, losses: AccessLosses? = nil, lossHeader: String = "", body: Text? = nil) {
      var fields = [("content-type", type)]
      if let location { fields.append(("location", location)) }
      if !lossHeader.isEmpty { fields.append(("dragoman-loss", lossHeader)) }
      head = PreparedAnswer(fields)
      (self.losses, self.body) = (losses, body)
    }
  }

  /// How a platform is asked for a job, and for its nodes.
  struct Calls {
    var job: PreparedCall
    var nodes: PreparedCall?
  }

  init(_ snapshot: Snapshot, backendName: String) { (self.snapshot, self.backendName) = (snapshot, backendName) }

  /// How the job's platform is asked for it; nil when it has no such ids.
  func calls(_ backend: Backend) -> Calls? {
    if let asked { return asked }
    let stored = snapshot.stored
    guard let id = stored.backendID, let get = backend.watching.get else { return nil }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    func call(_ errand: Backend.Errand) -> PreparedCall? {
      backend.path(errand.operation, target).flatMap { PreparedCall(get: $0, errand.headers) }
    }
    guard let job = call(get) else { return nil }
    var calls = Calls(job: job)
    if let errand = backend.watching.nodes {
      guard let nodes = call(errand) else { return nil }
      calls.nodes = nodes
    }
    asked = calls
    return calls
  }

  /// The answer of the last time, if there was one.
  func answer(_ key: Key) -> Answer? { answers.first { $0.key == key }?.answer }

  /// Keeps an answer with its body; the oldest makes room. Bodies that are huge are written anew each time.
  fileprivate func keep(_ answer: Answer, _ body: Text?, for key: Key) {
    answers.removeAll { $0.key == key }
    if answers.count >= Self.mostAnswers { answers.removeFirst() }
    answer.body = body.flatMap { $0.bytes.count > Self.mostBytes ? nil : $0 }
    answers.append((key, answer))
  }

  private static let mostAnswers = 4
  private static let mostBytes = 1 << 15
}

/// Where the answer to a request is kept.
struct Recall {
  private let watched: Watched
  private let list: Watchlist
  private let key: Watched.Key

  init(_ watched: Watched, _ list: Watchlist, _ visit: Visit, _ wants: Front.Wants) {
    (self.watched, self.list) = (watched, list)
    key = Watched.Key(
      act: ObjectIdentifier(visit.act), profile: visit.profile, publicURL: visit.publicURL,
      account: visit.parameters.account, wants: wants)
  }

  /// The answer of the last time, if there was one.
  var known: Watched.Answer? { watched.answer(key) }

  func keep(_ answer: Watched.Answer, _ body: Watched.Text?) {
    watched.keep(answer, body, for: key)
    list.kept += answer.body?.bytes.count ?? 0
  }
}

/// The jobs that an event loop watches, and who asks for them: a bounded number, of a bounded size.
final class Watchlist {
  private var jobs: [Int64: Watched] = [:]
  private var polls = Polls()
  /// Bytes of what was kept since the list was empty.
  fileprivate(set) var kept = 0
  private static let most = 2048
  private static let mostBytes = 16 << 20

  /// A job, if its state is in memory.
  func job(_ number: Int64, _ core: Core) -> Watched? {
    if let known = jobs[number], known.snapshot.isLatest { return known }
    guard let latest = core.snapshots.latest(number) else {
      jobs[number] = nil
      return nil
    }
    if jobs.count >= Self.most || kept >= Self.mostBytes {
      jobs.removeAll(keepingCapacity: true)
      polls.removeAll()
      kept = 0
    }
    let new = Watched(latest, backendName: core.backendName(latest.stored.backend))
    kept += latest.stored.weight
    jobs[number] = new
    return new
  }

  /// The question of a request, if it was asked before and its job has not changed since.
  func poll(_ exchange: Exchange) -> Poll? { polls.known(exchange) }

  /// Keeps a question for the next time.
  func keep(_ poll: Poll, _ exchange: Exchange) {
    poll.remember(exchange)
    kept += polls.keep(poll, exchange)
  }
}
