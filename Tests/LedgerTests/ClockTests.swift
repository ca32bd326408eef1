import JobModel
import Ledger
import Testing

/// The clock is set back an hour while jobs are under way.
@Suite struct ClockTests {
  static let noon: Int64 = 1_700_000_000_000
  static let earlier = noon - 3_600_000

  @Test func aJobsOwnTimesNeverRunBackwards() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let number = try await ledger.add(at: Self.noon)
    _ = try await ledger.update(
      number, phase: .running, changed: Self.earlier, finished: nil, document: paper(number, .running))
    try await ledger.end(number, at: Self.earlier + 5)
    let record = try #require(try await ledger.record(number))
    #expect(record.changed == Self.noon)
    #expect(record.finished == Self.noon)
    #expect(try await ledger.history(number).map(\.at) == [Self.noon, Self.noon, Self.noon])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func numbersAndTheirOrderDoNotKnowTheClock() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open(now: Self.noon)
    for minute in 0..<3 as Range<Int64> { _ = try await ledger.add(at: Self.noon + minute) }
    for minute in 0..<3 as Range<Int64> { _ = try await ledger.add(at: Self.earlier + minute) }
    try await ledger.close()
    ledger = try shelf.open(now: Self.earlier)
    #expect(ledger.identity.created == Self.noon)
    #expect(try await ledger.add(at: Self.earlier + 9) == 7)
    #expect(try await ledger.numbers() == [1, 2, 3, 4, 5, 6, 7])
    // By time they stand as their documents say: every job once, equal ones by number.
    #expect(try await ledger.numbers(.created) == [4, 5, 6, 7, 1, 2, 3])
    _ = try await ledger.update(1, phase: .running, changed: Self.earlier, finished: nil, document: [])
    #expect(try await ledger.numbers(.changed) == [4, 5, 6, 7, 1, 2, 3])
    try await ledger.close()
  }

  @Test func nothingIsForgottenTooSoon() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for _ in 1...3 { _ = try await ledger.add(at: Self.noon, finished: Self.noon + 1) }
    // These end later, though the clock says earlier.
    for _ in 1...3 { _ = try await ledger.add(at: Self.earlier, finished: Self.earlier + 1) }
    #expect(try await ledger.prune(finishedBefore: Self.earlier - 60_000, keeping: 3) == [1, 2, 3])
    #expect(try await ledger.numbers() == [4, 5, 6])
    try await ledger.close()
  }

  @Test func anIntentsTimeNeverRunsBackwards() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let number = try await ledger.create(newJob(created: Self.noon), mark: "m", document: document)
    #expect(try await ledger.advance(number, to: .sent, at: Self.earlier))
    #expect(try await ledger.intent(of: number)?.at == Self.noon)
    try await ledger.close()
  }
}
