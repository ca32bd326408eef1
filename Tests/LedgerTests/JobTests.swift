import JobModel
import Ledger
import Testing

@Suite struct JobTests {
  @Test func aJobsLifeIsRemembered() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let number = try await ledger.create(newJob(created: 10), document: document)
    for (phase, at) in [(Phase.waiting, 11), (.running, 12), (.running, 13)] as [(Phase, Int64)] {
      #expect(
        try await ledger.update(number, phase: phase, changed: at, finished: nil, document: [UInt8(at)]) == .written)
    }
    #expect(try await ledger.update(number, phase: .failed, changed: 14, finished: 14, document: [14]) == .written)
    let record = try #require(try await ledger.record(number))
    #expect(record.phase == .failed)
    #expect(record.created == 10)
    #expect(record.changed == 14)
    #expect(record.finished == 14)
    #expect(record.document == [14])
    let history = try await ledger.history(number)
    #expect(history.map(\.sequence) == [1, 2, 3, 4])
    #expect(history.map(\.phase) == [.accepted, .waiting, .running, .failed])
    #expect(history.map(\.at) == [10, 11, 12, 14])
    try await ledger.close()
  }

  @Test func nothingGoesBackwardsAndWhatIsOverIsFrozen() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let number = try await ledger.create(newJob(phase: .running), document: document)
    func update(_ phase: Phase) async throws -> Recorded {
      try await ledger.update(number, phase: phase, changed: 2, finished: phase.isOver ? 2 : nil, document: [2])
    }
    #expect(try await update(.waiting) == .frozen(.running))
    #expect(try await ledger.document(number) == document(number))
    #expect(try await update(.ended) == .written)
    #expect(try await update(.ended) == .frozen(.ended))
    #expect(try await update(.succeeded) == .written)
    #expect(try await update(.failed) == .frozen(.succeeded))
    #expect(try await update(.succeeded) == .frozen(.succeeded))
    #expect(try await ledger.update(99, phase: .running, changed: 1, finished: nil, document: []) == .absent)
    #expect(try await ledger.history(number).map(\.phase) == [.running, .ended, .succeeded])
    try await ledger.close()
  }

  @Test func openJobsAreFoundAfterARestart() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    for phase in [Phase.accepted, .running, .succeeded, .unknown, .unknownOver, .stopping] {
      _ = try await ledger.create(newJob(phase: phase), document: document)
    }
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.jobsOpen().map(\.number) == [1, 2, 4, 6])
    #expect(try await ledger.record(3)?.finished == 1)
    try await ledger.close()
  }

  @Test func listsArePagedInTheCallersOrder() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    // Numbers 1…6, created 5 5 4 4 3 3, scopes a b a b a b.
    for place in 0..<6 as Range<Int64> {
      let scope = place % 2 == 0 ? "a" : "b"
      _ = try await ledger.create(newJob(scope, created: 5 - place / 2), document: document)
    }
    _ = try await ledger.update(2, phase: .running, changed: 9, finished: nil, document: [])
    _ = try await ledger.update(5, phase: .stopped, changed: 8, finished: 8, document: [])
    func numbers(_ request: JobPageRequest) async throws -> ([Int64], Int?) {
      let page = try await ledger.page(request)
      return (page.rows.map(\.number), page.total)
    }
    #expect(try await numbers(JobPageRequest()) == ([1, 2, 3, 4, 5, 6], 6))
    #expect(try await numbers(JobPageRequest(ascending: false, offset: 1, limit: 2)) == ([5, 4], 6))
    #expect(try await numbers(JobPageRequest(order: .created)) == ([5, 6, 3, 4, 1, 2], 6))
    #expect(try await numbers(JobPageRequest(order: .created, ascending: false)) == ([2, 1, 4, 3, 6, 5], 6))
    #expect(try await numbers(JobPageRequest(order: .changed, ascending: false, limit: 3)) == ([2, 5, 1], 6))
    #expect(try await numbers(JobPageRequest(scope: "b", order: .changed)) == ([6, 4, 2], 3))
    #expect(try await numbers(JobPageRequest(scope: "b", offset: 9)) == ([], 3))
    #expect(try await numbers(JobPageRequest(phases: [.running, .stopped])) == ([2, 5], 2))
    #expect(try await numbers(JobPageRequest(scope: "a", phases: [.accepted], limit: 1)) == ([1], 2))
    #expect(try await numbers(JobPageRequest(scope: "a", phases: [], limit: 1)) == ([], 0))
    var silent = JobPageRequest(limit: 1)
    silent.wantsTotal = false
    #expect(try await numbers(silent) == ([1], nil))
    #expect(try await numbers(JobPageRequest(scope: "' OR 1=1 --", offset: -1, limit: -1)) == ([], 0))
    try await ledger.close()
  }

  /// How long a list is comes from counts that are kept, and is what counting would say, whoever looks.
  @Test func totalsAreWhatCountingSays() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    var numbers: [Int64] = []
    for dialect in ["d", "e"] {
      for scope in ["", "a", "b"] {
        for backend in 1...3 as ClosedRange<Int64> {
          for _ in 0..<backend {
            let new = NewJob(dialect: dialect, scope: scope, principal: "p", backend: backend, created: 1)
            numbers.append(try await ledger.create(new) { paper($0, .accepted) })
          }
        }
      }
    }
    for number in numbers where number.isMultiple(of: 3) {
      _ = try await ledger.setBackendID(number, "\(number)", at: 2)
      try await ledger.end(number, at: 2)
    }
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 7).count == 5)
    for scope in [nil, "", "a", "nowhere"] {
      for viewer in [nil, ("d", "a", true), ("d", "a", false), ("e", "", true), ("x", "b", false)] {
        for backend in [nil, 1, 9] as [Int64?] {
          var request = JobPageRequest(scope: scope)
          request.viewer = viewer.map { .init(dialect: $0.0, scope: $0.1, seesOthers: $0.2) }
          request.otherThan = backend
          let index = try await ledger.index(request)
          #expect(index.total == index.numbers.count, "\(request)")
        }
      }
    }
    try await ledger.close()
    #expect(try shelf.findings() == [])
  }
}
