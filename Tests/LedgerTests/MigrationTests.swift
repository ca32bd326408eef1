import GRDB
import JobModel
import Ledger
import Testing

@Suite struct MigrationTests {
  /// The file of the first version, and whatever else is said.
  private func old(_ shelf: Shelf, _ sql: String = "") throws {
    let queue = try DatabaseQueue(path: shelf.path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: Version1.sql)
      try db.execute(sql: sql)
    }
    try queue.close()
  }

  @Test func aFileOfTheFirstVersionOpensAndIsWhole() async throws {
    let shelf = Shelf()
    try old(shelf)
    #expect(try shelf.findings().isEmpty)
    var ledger = try shelf.open(now: 5)
    #expect(ledger.identity.created == 1_700_000_000_000)
    let key: [UInt8] = (0..<32).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
    #expect(ledger.identity.key == key)
    #expect(try await ledger.numbers() == [1, 2, 3, 4, 5, 6])
    #expect(try await ledger.history(1).map(\.phase) == [.accepted, .running, .succeeded])
    #expect(try await ledger.document(1) == paper(1, .succeeded))
    #expect(try await ledger.jobsOpen().map(\.number) == [2, 4, 6])
    #expect(try await ledger.name(kind: "package", dialect: "e", number: 2) == "caf\u{e9}")
    #expect(try await ledger.value(of: "mark") == [0, 1, 255])
    // What the first version left open is settled.
    #expect(try await ledger.record(5)?.finished == 25)
    #expect(try await ledger.record(4)?.attempt == 1)
    #expect(try await ledger.record(6)?.attempt == 2)
    #expect(try await ledger.number(backend: 2, backendID: "77") == 6)
    #expect(try shelf.findings().isEmpty)
    // And everything that is new works on it.
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 1) == [3, 5])
    let update = try await ledger.update(
      2, phase: .running, changed: 14, finished: nil, document: paper(2, .running),
      adding: [Obligation(kind: "timeout", due: 50)])
    #expect(update == .written)
    #expect(try await ledger.add() == 7)
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.nextDue() == 50)
    #expect(try await ledger.numbers() == [1, 2, 4, 6, 7])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func aClockThatWasSetBackUnderTheFirstVersionIsRepaired() async throws {
    let shelf = Shelf()
    try old(
      shelf,
      """
      UPDATE job SET changed = 3, finished = 4 WHERE number = 1;
      UPDATE history SET at = 5 WHERE job = 1 AND sequence = 2;
      UPDATE history SET at = 4 WHERE job = 1 AND sequence = 3;
      """)
    let ledger = try shelf.open()
    #expect(try await ledger.history(1).map(\.at) == [10, 10, 10])
    #expect(try await ledger.record(1)?.changed == 10)
    #expect(try await ledger.record(1)?.finished == 10)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func aStepThatFailsHalfWayLeavesTheFileAsItWas() async throws {
    let shelf = Shelf()
    // Something stands where the second step wants to make a table, after it has changed others.
    try old(shelf, "CREATE TABLE intent (something TEXT)")
    let before = try contents(shelf)
    do {
      _ = try shelf.open()
      Issue.record("the step cannot have gone well")
    } catch { guard case .io(let text) = error, text.contains("intent") else { throw error } }
    #expect(try contents(shelf) == before)
    #expect(try LedgerFile.open(path: shelf.path).schema == 1)
    let queue = try DatabaseQueue(path: shelf.path)
    try await queue.write { db in try db.execute(sql: "DROP TABLE intent") }
    try queue.close()
    let ledger = try shelf.open()
    #expect(try await ledger.numbers() == [1, 2, 3, 4, 5, 6])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  /// Every table's making and every row of jobs and history.
  private func contents(_ shelf: Shelf) throws -> [String] {
    let queue = try DatabaseQueue(path: shelf.path)
    defer { try? queue.close() }
    return try queue.read { db in
      try ["SELECT sql FROM sqlite_master ORDER BY name", "SELECT * FROM job", "SELECT * FROM history"].flatMap {
        try Row.fetchAll(db, sql: $0).map(\.description)
      }
    }
  }
}
