import JobModel
import Ledger
import Logging

/// Keeps every job that is not over, takes in what is seen of it, and writes it down. Nobody is shown a state that is not
/// on disk: a snapshot is published when the ledger has it.
actor JobStore {
  private let ledger: Ledger
  private let hub: Hub
  private let snapshots: Snapshots
  private let log: Logger
  private let now: @Sendable () -> Int64
  private let doubts: Doubts
  private let backendName: @Sendable (Int64) -> String
  /// What a node printed, for the answers of dialects that show it in place.
  private let printed: @Sendable (Int64, String) async -> String?
  /// Hears of each job that is over.
  private let over: @Sendable (Phase, Int64) -> Void
  private var live: [Int64: Stored] = [:]
  private var changed: Set<Int64> = []
  private var writing: Task<Void, Never>?
  private let scratch = Job()

  init(
    ledger: Ledger, hub: Hub, snapshots: Snapshots, doubts: Doubts, log: Logger,
    now: @escaping @Sendable () -> Int64,
    backendName: @escaping @Sendable (Int64) -> String,
    over: @escaping @Sendable (Phase, Int64) -> Void, printed: @escaping @Sendable (Int64, String) async -> String?
  ) {
    self.ledger = ledger
    self.hub = hub
    self.snapshots = snapshots
    self.doubts = doubts
    self.log = log
    self.now = now
    self.backendName = backendName
    self.over = over
    self.printed = printed
  }

  /// Writes a new job down. On disk when this returns; with keys, at most once for each.
  ///
  /// - Parameter mark: what a platform will find in the request; nil when nothing is going to be sent.
  func create(
    _ new: NewJob, obligations: [Obligation], mark: String?, keys: [IdempotencyKey], document: [UInt8]
  ) async throws(LedgerFault) -> CreatedOnce {
    let hub = hub
    let doubts = doubts
    let numbered: @Sendable (Int64) throws -> [UInt8] = { number in
      if mark != nil { doubts.take(number) }
      let job = Job()
      try hub.load(document, into: job)
      job.set(.id, text: "\(number)")
      return hub.bytes(job)
    }
    let created: CreatedOnce
    if let key = keys.first {
      created = try await ledger.createOnce(
        new, key: key, also: Array(keys.dropFirst()), obligations: obligations, mark: mark, document: numbered)
    } else {
      created = .created(try await ledger.create(new, obligations: obligations, mark: mark, document: numbered))
    }
    guard case .created(let number) = created else { return created }
    guard let record = try await ledger.record(number) else { throw .io("a job vanished while it was written") }
    let stored = Stored(record)
    if !stored.isOver { live[number] = stored }
    snapshots.put(number, stored)
    return created
  }

  /// Takes in one observation: forwards only.
  func observe(_ observation: Observation) async {
    var output: String?
    if case .node(let name, let phase, _, _) = observation.what, phase.isOver, phase.hasRun {
      output = await printed(observation.job, name)
    }
    guard var stored = live[observation.job] else { return }
    do {
      try hub.load(stored.document, into: scratch)
    } catch {
      return log.error("a live job cannot be read", metadata: ["job": "\(observation.job)", "fault": "\(error.text)"])
    }
    guard scratch.apply(observation) else { return }
    if let output, case .node(let name, _, _, _) = observation.what { keep(output, of: name) }
    keep(scratch, as: observation.job, &stored)
  }

  /// Takes in what a platform says of a job, as a canonical document: forwards only. Answers the job as it then stands,
  /// on disk; nil when it is not live.
  ///
  /// - Parameter said: the platform's own words for it, by which the same is known again.
  func learn(
    _ number: Int64, _ document: [UInt8], speaksForNodes: Bool, _ said: Backend.Said? = nil
  ) async -> Stored? {
    guard var stored = live[number] else { return snapshots[number] }
    let seen = Job()
    do {
      try hub.load(document, into: seen)
      try hub.load(stored.document, into: scratch)
    } catch {
      log.error("a live job cannot be read", metadata: ["job": "\(number)", "fault": "\(error.text)"])
      return stored
    }
    stored.note(said)
    if scratch.learn(seen, at: now(), speaksForNodes: speaksForNodes) {
      keep(scratch, as: number, &stored)
    } else {
      live[number] = stored
    }
    // What somebody else has just learned is not on disk yet, and the caller may be told of it.
    if changed.contains(number) || snapshots[number]?.document != stored.document { await settle() }
    if var shown = snapshots[number], shown.document == stored.document, !shown.notes(said) {
      shown.note(said)
      snapshots.put(number, shown)
    }
    return snapshots[number] ?? stored
  }

  /// Takes in what the ledger has learnt of a job's names: its id at its platform, its numbers in rows.
  func named(_ number: Int64) async throws(LedgerFault) {
    guard let record = try await ledger.record(number) else { return }
    live[number]?.backendID = record.backendID
    live[number]?.rowNumbers = record.rowNumbers
    guard var stored = snapshots[number] else { return }
    stored.backendID = record.backendID
    stored.rowNumbers = record.rowNumbers
    snapshots.put(number, stored)
  }

  /// The jobs that a backend runs now, as far as it is known: its id for each, and the number.
  func open(on backend: Int64) -> [String: Int64] {
    var found: [String: Int64] = [:]
    for (number, stored) in live where stored.backend == backend && !stored.isOver {
      if let id = stored.backendID { found[id] = number }
    }
    return found
  }

  private func keep(_ job: Job, as number: Int64, _ stored: inout Stored) {
    let wasOver = stored.isOver
    stored.document = hub.bytes(job)
    stored.isOver = job.phase?.isOver ?? false
    live[number] = stored
    changed.insert(number)
    if let phase = job.phase, phase.isOver, !wasOver { over(phase, number, stored.backend, job.text(.reason)) }
    if writing == nil { writing = Task { await write() } }
  }

  private func over(_ phase: Phase, _ number: Int64, _ backend: Int64, _ reason: String?) {
    over(phase, backend)
    log.info(
      "job over",
      metadata: [
        "job": "\(number)", "backend": "\(backendName(backend))", "phase": "\(phase.name)", "reason": "\(reason ?? "")",
      ])
  }

  private func keep(_ output: String, of node: String) {
    guard var runs = scratch.nodeRuns, let index = runs.firstIndex(where: { $0.name == node }) else { return }
    runs[index].output = output
    scratch.nodeRuns = runs
  }

  /// Returns when everything observed so far is on disk and published.
  func settle() async { while let writing { await writing.value } }

  private func write() async {
    while !changed.isEmpty {
      let batch = changed.compactMap { number in live[number].map { (number, $0) } }
      changed = []
      let ledger = ledger, hub = hub
      let failed = await withTaskGroup(of: Int64?.self) { group in
        for (number, stored) in batch {
          group.addTask { await JobStore.update(number, stored.document, ledger, hub) ? nil : number }
        }
        var failed: Set<Int64> = []
        for await number in group { if let number { failed.insert(number) } }
        return failed
      }
      for (number, stored) in batch where !failed.contains(number) { publish(number, stored) }
      if !failed.isEmpty {
        log.error("the ledger cannot be written; trying again", metadata: ["jobs": "\(failed.count)"])
        changed.formUnion(failed)
        try? await Task.sleep(for: .seconds(1))
      }
    }
    writing = nil
  }

  private func publish(_ number: Int64, _ stored: Stored) {
    snapshots.put(number, stored)
    guard live[number]?.document == stored.document else { return }
    if stored.isOver { live[number] = nil }
  }

  private static func update(_ number: Int64, _ document: [UInt8], _ ledger: Ledger, _ hub: Hub) async -> Bool {
    let job = Job()
    guard (try? hub.load(document, into: job)) != nil, let phase = job.phase, let at = job.integer(.changed) else {
      return true
    }
    do {
      _ = try await ledger.update(
        number, phase: phase, changed: at, finished: job.integer(.finished), document: document)
      return true
    } catch {
      return false
    }
  }

  /// After a restart: whatever was under way on this machine has crashed, and its open nodes are lost. Jobs that platforms
  /// run go on there. Answers how many have crashed.
  func recover() async throws(LedgerFault) -> Int {
    let open = try await ledger.jobsOpen()
    for record in open { live[record.number] = Stored(record) }
    let ours = open.filter { $0.backend == 0 }
    for record in ours {
      try? hub.load(record.document, into: scratch)
      let nodes = scratch.nodeRuns?.filter { !$0.phase.isOver } ?? []
      let at = now()
      for node in nodes {
        let lost: NodePhase = node.phase.hasRun ? .lost : .unreachable
        let what = Observation.What.node(node.name, lost, exit: nil, error: "the gateway was restarted")
        await observe(Observation(job: record.number, at: at, what: what))
      }
      let crashed = Observation.What.phase(.crashed, reason: "the gateway was restarted")
      await observe(Observation(job: record.number, at: at, what: crashed))
    }
    await settle()
    return ours.count
  }

  /// A job whose time is long over and whose end nobody has told: it has crashed.
  func giveUp(_ number: Int64) async {
    guard live[number] != nil else { return }
    let crashed = Observation.What.phase(.crashed, reason: "its end was never told")
    await observe(Observation(job: number, at: now(), what: crashed))
  }

  /// The durable state of a job, from the ledger if need be; nil when there is no such job.
  func job(_ number: Int64) async throws(LedgerFault) -> Stored? {
    if let known = snapshots[number] { return known }
    guard let record = try await ledger.record(number) else { return nil }
    if live[number] == nil { snapshots.put(record) }
    return Stored(record)
  }
}
