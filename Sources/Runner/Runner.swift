import Glibc
import JobModel

/// Really runs commands on this machine, under the names of the nodes in its inventory.
///
/// Everything that happens to a job is told as observations, job by job in order, and every job that was submitted is
/// told to its end: what goes wrong in here ends as a lost node and a crashed job.
package actor Runner {
  /// The nodes it answers for.
  package nonisolated let inventory: Inventory
  /// The commands it runs.
  package nonisolated let whitelist: Whitelist
  /// As given, but with absolute paths, and with `setpriv` nil when it is not there.
  package nonisolated let settings: RunnerSettings
  let clock: RunnerClock
  let gate = SpawnGate()
  private let teller: Teller
  var work: [Int64: Work] = [:]
  private var load: [String: Int] = [:]
  private var draining = false
  private var idle: [CheckedContinuation<Void, Never>] = []

  /// One job under way.
  struct Work {
    let order: RunOrder
    var life: JobLife
    var leashes: [Int: Leash] = [:]
    var timer: Task<Void, Never>?
  }

  /// A runner. `tell` is called with one observation at a time, in the order they happened; a slow one delays no job.
  package init(
    inventory: Inventory, whitelist: Whitelist, settings: RunnerSettings, clock: RunnerClock,
    tell: @escaping @Sendable (Observation) async -> Void
  ) {
    self.inventory = inventory
    self.whitelist = whitelist
    var settings = settings
    if let setpriv = settings.setpriv, access(setpriv, X_OK) != 0 { settings.setpriv = nil }
    settings.outputs = Directories.absolute(settings.outputs)
    settings.attachments = Directories.absolute(settings.attachments)
    self.settings = settings
    self.clock = clock
    teller = Teller(tell)
  }

  /// Takes a job; what becomes of it is told. False, and nothing told, when it is under way already.
  @discardableResult
  package func submit(_ order: RunOrder) -> Bool {
    let job = order.job
    guard work[job] == nil else { return false }
    work[job] = Work(order: order, life: JobLife(nodes: order.nodes))
    say([.phase(.accepted, reason: nil)], of: job)
    if draining {
      step(job) { $0.crash("the runner is shutting down") }
    } else {
      Task { await begin(job, order) }
    }
    return true
  }

  /// What a request to stop came to.
  package enum StopOutcome: Sendable, Equatable {
    /// It is being ended; the end will be told.
    case stopping
    /// Nothing to stop: over, or never known here.
    case alreadyOver
  }

  /// Ends a job: a signal that asks, and after `grace` (the settings', when nil) one that does not. Zero does not ask.
  /// Said again with less grace, it ends sooner.
  package func stop(job: Int64, grace: Duration? = nil) -> StopOutcome {
    guard work[job] != nil else { return .alreadyOver }
    end(job, .stop, grace: grace ?? settings.grace)
    return .stopping
  }

  /// Ends all jobs, for a shutdown that will not wait for them.
  package func stopAll(grace: Duration? = nil) {
    for job in work.keys.sorted() { end(job, .stop, grace: grace ?? settings.grace) }
  }

  /// Whether a node would refuse the next job as busy. False for a name not in the inventory.
  package func isBusy(_ node: String) -> Bool {
    guard let known = inventory[node] else { return false }
    return load[node, default: 0] >= known.concurrency
  }

  /// Takes no more jobs (they crash, with that reason), and returns when all others are over and have been told.
  package func drain() async {
    draining = true
    if !work.isEmpty { await withCheckedContinuation { idle.append($0) } }
    await teller.flush()
  }

  /// What a command printed so far; nil when its output was not asked for, or it never ran. Reads a file: not for an
  /// event loop.
  package nonisolated func output(
    job: Int64, node: String, channel: OutputChannel
  ) async throws(OutputFault) -> CapturedOutput? {
    try OutputStore(root: settings.outputs).read(job: job, node: node, channel: channel)
  }

  /// Forgets what a job printed.
  package nonisolated func forget(job: Int64) async { OutputStore(root: settings.outputs).remove(job: job) }

  private func begin(_ job: Int64, _ order: RunOrder) async {
    step(job) { $0.wait() }
    let admission = await Admission.decide(order, whitelist: whitelist, settings: settings)
    do { try await makeRoom(for: order) } catch { return step(job) { $0.crash(error.description) } }
    for (place, node) in order.nodes.enumerated() {
      let vote = vote(node, admission)
      guard work[job]?.life.phase == .waiting else { return }
      if vote == .ready { load[node, default: 0] += 1 }
      step(job) { $0.vote(place, vote) }
    }
    step(job) { $0.count(quorum: order.quorum) }
    guard case .success(let admission) = admission, work[job]?.life.phase == .running else { return }
    launch(job, admission)
  }

  /// What an earlier job of that number left, in a ledger since lost, is not this one's output.
  private nonisolated func makeRoom(for order: RunOrder) async throws(SystemFault) {
    let store = OutputStore(root: settings.outputs)
    store.remove(job: order.job)
    if order.capture { try store.prepare(job: order.job) }
  }

  private func vote(_ node: String, _ admission: Result<Admission, Refusal>) -> JobLife.Vote {
    guard inventory[node] != nil else { return .unreachable("no node of that name here") }
    if case .failure(let refusal) = admission { return .refused(refusal.reason) }
    return isBusy(node) ? .refused("busy") : .ready
  }

  /// Lets something happen to a job, tells what there is to see of it, and clears away what is over.
  func step(_ job: Int64, _ change: (inout JobLife) -> JobLife.Seen) {
    guard var item = work[job] else { return }
    let before = item.life.taken
    let seen = change(&item.life)
    for place in before where item.life.nodes[place].isOver { load[item.order.nodes[place], default: 1] -= 1 }
    work[job] = item
    say(seen, of: job)
    guard item.life.phase.isOver else { return }
    item.timer?.cancel()
    work[job] = nil
    guard work.isEmpty else { return }
    for waiting in idle { waiting.resume() }
    idle = []
  }

  private func say(_ seen: JobLife.Seen, of job: Int64) {
    let now = clock.now()
    for what in seen { teller.say(Observation(job: job, at: now, what: what)) }
  }
}
