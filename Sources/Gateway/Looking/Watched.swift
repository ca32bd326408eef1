import Telemetry

/// What an event loop keeps of a job that is asked for again and again: its latest snapshot, how its platform is asked for
/// it, and answers as they were written. All of it holds for as long as the snapshot is the latest.
final class Watched {
  let snapshot: Snapshot
  /// What the job's backend is called.
  let backendName: String
  /// The paths of the job and of its nodes at its platform, once they have been asked for.
  private var paths: (job: String, nodes: String?)?
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
  struct Answer {
    var type: String
    var location: String?
    var losses: AccessLosses?
    /// What the header says of them.
    var lossHeader = ""
    /// Nil when it is another one each time.
    var body: Text?
  }

  init(_ snapshot: Snapshot, backendName: String) { (self.snapshot, self.backendName) = (snapshot, backendName) }

  /// The paths of the job and of its nodes at its platform; nil when it has no such ids.
  func targets(_ backend: Backend) -> (job: String, nodes: String?)? {
    if let paths { return paths }
    let stored = snapshot.stored
    guard let id = stored.backendID, let get = backend.watching.get?.operation else { return nil }
    let target = Backend.Target(account: backend.part.account ?? stored.scope, job: backend.spelt(id))
    guard let job = backend.path(get, target) else { return nil }
    var nodes: String?
    if let operation = backend.watching.nodes?.operation {
      guard let path = backend.path(operation, target) else { return nil }
      nodes = path
    }
    paths = (job, nodes)
    return paths
  }

  /// The answer of the last time, if there was one.
  func answer(_ key: Key) -> Answer? { answers.first { $0.key == key }?.answer }

  /// Keeps an answer; the oldest makes room. Bodies that are huge are written anew each time.
  func keep(_ answer: Answer, for key: Key) {
    answers.removeAll { $0.key == key }
    if answers.count >= Self.mostAnswers { answers.removeFirst() }
    var answer = answer
    if let body = answer.body, body.bytes.count > Self.mostBytes { answer.body = nil }
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

  func keep(_ answer: Watched.Answer) {
    watched.keep(answer, for: key)
    list.kept += answer.body?.bytes.count ?? 0
  }
}

/// The jobs that an event loop watches: a bounded number, and bodies of a bounded size.
final class Watchlist {
  private var jobs: [Int64: Watched] = [:]
  /// Bytes of bodies that were kept since the list was empty.
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
      kept = 0
    }
    let new = Watched(latest, backendName: core.backendName(latest.stored.backend))
    jobs[number] = new
    return new
  }
}
