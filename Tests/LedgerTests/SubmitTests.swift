import JobModel
import Ledger
import Testing

/// What a submit to a backend needs: its id there, how far it got, and whether it was asked for before.
@Suite struct SubmitTests {
  @Test func aBackendsIdIsSetOnceAndLeadsToItsLatestJob() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for attempt in 1...3 as ClosedRange<Int64> {
      let number = try await ledger.add()
      #expect(try await ledger.setBackendID(number, "77", at: 2) == .bound(attempt: attempt))
      #expect(try await ledger.setBackendID(number, "77", at: 2) == .bound(attempt: attempt))
      #expect(try await ledger.setBackendID(number, "78", at: 2) == .otherwise("77"))
      #expect(try await ledger.number(backend: 1, backendID: "77") == number)
      #expect(try await ledger.record(number)?.attempt == attempt)
    }
    #expect(try await ledger.setBackendID(99, "77", at: 2) == .absent)
    #expect(try await ledger.number(backend: 2, backendID: "77") == nil)
    #expect(try await ledger.record(1)?.backendID == "77")
    // Known at once, and over when it is first heard of.
    let known = NewJob(
      dialect: "d", scope: "s", principal: "p", backend: 1, backendID: "77", phase: .failed, created: 5)
    let last = try await ledger.create(known) { paper($0, .failed) }
    #expect(try await ledger.record(last)?.attempt == 4)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func anIntentGoesForwardsOnly() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    var numbers: [Int64] = []
    for mark in ["m1", "m2", "m3", "m4"] {
      numbers.append(try await ledger.create(newJob(created: 3), mark: mark) { paper($0, .accepted) })
    }
    #expect(try await ledger.intent(of: numbers[0])?.mark == "m1")
    #expect(try await ledger.intent(of: numbers[0])?.state == .intended)
    #expect(try await ledger.intent(of: 99) == nil)
    for number in numbers.dropFirst() { #expect(try await ledger.advance(number, to: .sent, at: 4)) }
    #expect(try await ledger.advance(numbers[2], to: .inDoubt, at: 5))
    #expect(try await !ledger.advance(numbers[2], to: .sent, at: 6))
    #expect(try await ledger.setBackendID(numbers[3], "b", at: 7) == .bound(attempt: 1))
    #expect(try await !ledger.advance(numbers[3], to: .inDoubt, at: 8))
    #expect(try await !ledger.advance(99, to: .settled, at: 8))
    try await ledger.close()
    ledger = try shelf.open()
    let open = try await ledger.intents(in: [.intended, .sent, .inDoubt])
    #expect(open.map(\.mark) == ["m1", "m2", "m3"])
    #expect(open.map(\.state) == [.intended, .sent, .inDoubt])
    #expect(open.map(\.at) == [3, 4, 5])
    #expect(open.map(\.backend) == [1, 1, 1])
    #expect(try await ledger.intents(in: [.known]).map(\.job) == [numbers[3]])
    #expect(try await ledger.intents(in: []).isEmpty)
    #expect(try await ledger.pending().pending.inDoubt == 3)
    // What was in doubt is found, or settled by somebody.
    #expect(try await ledger.setBackendID(numbers[2], "c", at: 9) == .bound(attempt: 1))
    #expect(try await ledger.advance(numbers[1], to: .settled, at: 9))
    #expect(try await !ledger.advance(numbers[1], to: .inDoubt, at: 10))
    #expect(try await ledger.intents(in: [.intended, .sent, .inDoubt]).map(\.job) == [numbers[0]])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func aKeyMakesOneJobHoweverManyAsk() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let key = IdempotencyKey(key: "k", digest: [1, 2], since: 0)
    let results = try await withThrowingTaskGroup(of: CreatedOnce.self) { group in
      for _ in 1...100 { group.addTask { try await ledger.createOnce(newJob(), key: key, document: document) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.filter { $0 == .created(1) }.count == 1)
    #expect(results.filter { $0 == .repeated(1) }.count == 99)
    #expect(try await ledger.numbers() == [1])
    try await ledger.close()
  }

  @Test func anyNameOfARequestBinds() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    func create(_ names: String..., digest: UInt8 = 1) async throws -> CreatedOnce {
      let keys = names.map { IdempotencyKey(key: $0, digest: [digest], since: 0) }
      return try await ledger.createOnce(newJob(), key: keys[0], also: Array(keys.dropFirst())) { paper($0, .accepted) }
    }
    #expect(try await create("a", "b") == .created(1))
    #expect(try await create("a") == .repeated(1))
    #expect(try await create("c", "b") == .repeated(1))
    #expect(try await create("b", digest: 2) == .differs(1))
    #expect(try await create("c") == .created(2))
    #expect(try await create("a", "c") == .repeated(1))
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func aKeyBindsItsCallerForATime() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    func create(_ scope: String = "acme", digest: UInt8 = 1, at: Int64, since: Int64 = 0) async throws -> CreatedOnce {
      let key = IdempotencyKey(key: "k", digest: [digest], since: since)
      return try await ledger.createOnce(newJob(scope, created: at), key: key) { paper($0, .accepted) }
    }
    #expect(try await create(at: 10) == .created(1))
    #expect(try await create(digest: 2, at: 11) == .differs(1))
    #expect(try await create("other", digest: 2, at: 12) == .created(2))
    #expect(try await create(at: 20, since: 10) == .repeated(1))
    #expect(try await create(digest: 2, at: 21, since: 11) == .created(3))
    #expect(try await create(digest: 2, at: 22, since: 12) == .repeated(3))
    // One whose document cannot be made does not use the key up.
    let key = IdempotencyKey(key: "new", digest: [1], since: 0)
    await #expect(throws: LedgerFault.document("Clumsy()")) {
      _ = try await ledger.createOnce(newJob(), key: key) { _ in throw Clumsy() }
    }
    #expect(try await ledger.createOnce(newJob(), key: key) { paper($0, .accepted) } == .created(4))
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }
}
