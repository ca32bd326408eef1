import JobModel
import Ledger
import Testing

/// Rows of numbers for callers who count jobs.
@Suite struct NumberingTests {
  private func job(_ ledger: Ledger, taken: Int64? = nil, id: String? = nil) async throws -> Int64 {
    var new = newJob()
    new.backendID = id
    if let taken { new.numberings = [Numbering(dialect: "counting", taken: taken)] }
    return try await ledger.create(new) { paper($0, .accepted) }
  }

  private func number(_ ledger: Ledger, _ job: Int64) async throws -> Int64? {
    try await ledger.record(job)?.rowNumbers["counting"]
  }

  @Test func aRowBeginsBehindWhatIsTakenAndHasNoGaps() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    #expect(try await ledger.lastNumber(in: "counting") == nil)
    _ = try await job(ledger)
    let jobs = [try await job(ledger, taken: 40), try await job(ledger, taken: 40), try await job(ledger, taken: 12)]
    for (place, one) in jobs.enumerated() { #expect(try await number(ledger, one) == 41 + Int64(place)) }
    // The home has gone on by itself.
    let next = try await job(ledger, taken: 50)
    #expect(try await number(ledger, next) == 51)
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.lastNumber(in: "counting") == 51)
    #expect(try await ledger.job(numbered: 42, in: "counting") == jobs[1])
    #expect(try await ledger.job(numbered: 40, in: "counting") == nil)
    #expect(try await ledger.job(numbered: 42, in: "another") == nil)
    try await ledger.close()
    #expect(try shelf.findings() == [])
  }

  @Test func aHomesJobKeepsItsIdWhileThatIsFree() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let elsewhere = try await job(ledger, taken: 7)
    let row = [Numbering(dialect: "counting", taken: 7)]
    let first = try await job(ledger)
    #expect(try await ledger.setBackendID(first, "9", at: 1, numberings: row) == .bound(attempt: 1))
    #expect(try await number(ledger, first) == nil)
    // The home gives the number that the row has given already.
    let second = try await job(ledger)
    #expect(try await ledger.setBackendID(second, "8", at: 1, numberings: row) == .bound(attempt: 1))
    #expect(try await number(ledger, elsewhere) == 8)
    #expect(try await number(ledger, second) == 9)
    #expect(try await ledger.numbers(in: "counting", backend: 1, ids: ["8", "9", "10"]) == ["8": 9])
    #expect(try await ledger.highestID(of: 1) == 9)
    // Asked again, it keeps what it has.
    try await ledger.number(second, in: row)
    #expect(try await number(ledger, second) == 9)
    try await ledger.close()
  }

  @Test func numbersAreNeverGivenTwice() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let old = try await job(ledger, taken: 0)
    _ = try await ledger.update(old, phase: .failed, changed: 2, finished: 2, document: [1])
    #expect(try await ledger.prune(finishedBefore: 9, keeping: nil) == [old])
    let new = try await job(ledger, taken: 0)
    #expect(try await number(ledger, new) == 2)
    try await ledger.close()
  }

  @Test func namesGetTheirNumbersTogether() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    #expect(try await ledger.assign(kind: "job", dialect: "", names: ["a", "b", "a"]) == [1, 2, 1])
    #expect(try await ledger.assign(kind: "job", dialect: "", names: ["c", "b"]) == [3, 2])
    #expect(try await ledger.assign(kind: "job", dialect: "", name: "c") == 3)
    #expect(try await ledger.assign(kind: "job", dialect: "", names: []) == [])
    try await ledger.close()
  }
}
