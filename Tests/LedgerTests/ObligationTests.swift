import JobModel
import Ledger
import Testing

@Suite struct ObligationTests {
  @Test func whatIsOwedSurvivesARestart() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    let timeout = Obligation(kind: "timeout", due: 500, payload: [0, 255])
    let number = try await ledger.create(newJob(), obligations: [timeout, Obligation(kind: "look", due: 90)]) {
      paper($0, .accepted)
    }
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.obligations(of: number) == [Obligation(kind: "look", due: 90), timeout])
    #expect(try await ledger.nextDue() == 90)
    #expect(try await ledger.due(by: 89).isEmpty)
    #expect(try await ledger.due(by: 90).map(\.obligation.kind) == ["look"])
    let both = try await ledger.due(by: 1000)
    #expect(both.map(\.job) == [number, number])
    #expect(both.map(\.obligation.due) == [90, 500])
    #expect(both.last?.obligation == timeout)
    #expect(try await ledger.due(by: 1000, limit: 1).count == 1)
    #expect(try await ledger.settle("look", of: number))
    #expect(try await !ledger.settle("look", of: number))
    #expect(try await ledger.nextDue() == 500)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func anUpdateAddsReplacesAndSettles() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let number = try await ledger.create(newJob(), obligations: [Obligation(kind: "a", due: 1)], document: document)
    let written = try await ledger.update(
      number, phase: .running, changed: 2, finished: nil, document: [],
      adding: [Obligation(kind: "b", due: 7), Obligation(kind: "c", due: 9)], settling: ["a", "nothing"])
    #expect(written == .written)
    #expect(try await ledger.obligations(of: number).map(\.kind) == ["b", "c"])
    _ = try await ledger.update(
      number, phase: .running, changed: 2, finished: nil, document: [], adding: [Obligation(kind: "b", due: 10)])
    #expect(try await ledger.due(by: 10).map(\.obligation.due) == [9, 10])
    // An update that goes backwards is not written, and neither is what it brings.
    let frozen = try await ledger.update(
      number, phase: .waiting, changed: 3, finished: nil, document: [], adding: [Obligation(kind: "d", due: 1)],
      settling: ["c"])
    #expect(frozen == .frozen(.running))
    #expect(try await ledger.obligations(of: number).map(\.kind) == ["c", "b"])
    try await ledger.close()
  }

  @Test func nothingIsOwedToAJobThatIsOver() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let owed = [Obligation(kind: "timeout", due: 5)]
    let first = try await ledger.create(newJob(), obligations: owed) { paper($0, .accepted) }
    let second = try await ledger.create(newJob(), obligations: owed) { paper($0, .accepted) }
    _ = try await ledger.update(
      first, phase: .stopped, changed: 3, finished: 3, document: paper(first, .stopped),
      adding: [Obligation(kind: "late", due: 9)])
    #expect(try await ledger.due(by: 100).map(\.job) == [second])
    _ = try await ledger.create(newJob(phase: .rejected), obligations: owed) { paper($0, .rejected) }
    #expect(try await ledger.due(by: 100).map(\.job) == [second])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func aCreateThatFailsOwesNothing() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    await #expect(throws: LedgerFault.document("Clumsy()")) {
      _ = try await ledger.create(newJob(), obligations: [Obligation(kind: "a", due: 1)]) { _ in throw Clumsy() }
    }
    #expect(try await ledger.nextDue() == nil)
    try await ledger.close()
  }
}
