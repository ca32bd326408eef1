import Glibc
import JobModel

/// Really runs commands, under the names of the nodes in its inventory: on this machine, or on others by ssh.
///
/// Everything that happens to a job is told as observations, job by job in order, and every job that was submitted is
/// told to its end: what goes wrong in here ends as a lost node and a crashed job. No process outlives its job, or the
/// gateway: see `Mark` for how they are known, and for the limit of it.
package actor Runner {
  /// The nodes it answers for.
  var inventory: Inventory
  /// The commands it runs.
  var whitelist: Whitelist
  /// As given, but as it can be had on this machine.
  var settings: RunnerSettings
  private nonisolated let store: OutputStore
  var counts = RunnerCounters()
  let clock: RunnerClock
  let gate = SpawnGate()
  private let teller: Teller
  var work: [Int64: Work] = [:]
  /// Runs under way, by node.
  private var load: [String: Int] = [:]
  private var running = 0
  private var serial = 0
  private var draining = false
  var house: Task<Result<House, SystemFault>, Never>?
  private var idle: [CheckedContinuation<Void, Never>] = []

  /// One job under way.
  struct Work {
    let order: RunOrder
    /// Tells it from an earlier job of the same number.
    let serial: Int
    var life: JobLife
    /// How each ready node runs it.
    var ways: [Int: Way] = [:]
    var leashes: [Int: Leash] = [:]
    var voting: [Task<Void, Never>] = []
    var timer: Task<Void, Never>?
  }

  /// A node is this machine, or another.
  enum Way: Sendable {
    case here(Admission)
    case there(RemoteRun)
  }

  /// A runner. `tell` is called with one observation at a time, in the order they happened; a slow one delays no job.
  package init(
    inventory: Inventory, whitelist: Whitelist, settings: RunnerSettings, clock: RunnerClock,
    tell: @escaping @Sendable (Observation) async -> Void
  ) {
    self.inventory = inventory
    self.whitelist = whitelist
    let real = settings.real
    self.settings = real
    store = OutputStore(root: real.outputs)
    self.clock = clock
    teller = Teller(tell)
  }

  /// Takes a job; what becomes of it is told. False, and nothing told, when it is under way already.
  @discardableResult
  package func submit(_ order: RunOrder) -> Bool {
    let job = order.job
    guard work[job] == nil else { return false }
    serial += 1
    let serial = serial
    work[job] = Work(order: order, serial: serial, life: JobLife(nodes: order.nodes))
    say([.phase(.accepted, reason: nil)], of: job)
    if draining {
      step(job) { $0.crash("the runner is shutting down") }
    } else {
      Task { await begin(job, serial, order) }
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
    return running >= settings.concurrency || load[node, default: 0] >= known.concurrency
  }

  /// Takes no more jobs (they crash, with that reason), and returns when all others are over and have been told.
  package func drain() async {
    draining = true
    if !work.isEmpty { await withCheckedContinuation { idle.append($0) } }
    await teller.flush()
    await moveOut()
  }

  /// What a command printed so far; nil when its output was not asked for, or it never ran. Reads a file: not for an
  /// event loop.
  package nonisolated func output(
    job: Int64, node: String, channel: OutputChannel
  ) async throws(OutputFault) -> CapturedOutput? {
    try store.read(job: job, node: node, channel: channel)
  }

  /// Forgets what a job printed.
  package nonisolated func forget(job: Int64) async { store.remove(job: job) }

  private func begin(_ job: Int64, _ serial: Int, _ order: RunOrder) async {
    step(job) { $0.wait() }
    do throws(SystemFault) {
      let house = try await settle()
      try await makeRoom(for: order)
      openVote(job, serial, house)
    } catch {
      step(job) { $0.crash(error.description) }
    }
  }

  /// What an earlier job of that number left, in a ledger since lost, is not this one's output.
  private nonisolated func makeRoom(for order: RunOrder) async throws(SystemFault) {
    store.remove(job: order.job)
    if order.capture { try store.prepare(job: order.job) }
  }

  /// Lets something happen to a job, tells what there is to see of it, and clears away what is over.
  func step(_ job: Int64, _ change: (inout JobLife) -> JobLife.Seen) {
    guard var item = work[job] else { return }
    let before = item.life.taken
    let seen = change(&item.life)
    for place in before where item.life.nodes[place].isOver { count(item.order.nodes[place], -1) }
    for place in item.life.taken where !before.contains(place) { count(item.order.nodes[place], 1) }
    work[job] = item
    say(seen, of: job)
    guard item.life.phase.isOver else { return }
    item.timer?.cancel()
    for task in item.voting { task.cancel() }
    work[job] = nil
    guard work.isEmpty else { return }
    for waiting in idle { waiting.resume() }
    idle = []
  }

  private func count(_ node: String, _ change: Int) {
    load[node, default: 0] += change
    running += change
    counts.processes = running
  }

  private func say(_ seen: JobLife.Seen, of job: Int64) {
    let now = clock.now()
    for what in seen { teller.say(Observation(job: job, at: now, what: what)) }
  }
}
