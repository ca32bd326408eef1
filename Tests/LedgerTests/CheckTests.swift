import GRDB
import Glibc
import Ledger
import Testing

@Suite struct CheckTests {
  /// A ledger with something of everything in it, and then something wrong.
  private static func broken(_ sql: String) async throws -> [String] {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for place in 1...4 as ClosedRange<Int64> {
      _ = try await ledger.create(newJob(), obligations: [Obligation(kind: "timeout", due: 9)], mark: "m") {
        paper($0, .accepted)
      }
      if place < 3 { _ = try await ledger.setBackendID(place, "\(place)", at: 2) }
      if place.isMultiple(of: 2) { try await ledger.end(place, at: 4) }
    }
    let key = IdempotencyKey(key: "k", digest: [1], since: 0)
    _ = try await ledger.createOnce(newJob(), key: key) { paper($0, .accepted) }
    for name in ["a", "b"] { _ = try await ledger.assign(kind: "package", dialect: "x", name: name) }
    try await ledger.close()
    let queue = try DatabaseQueue(path: shelf.path)
    try await queue.write { db in try db.execute(sql: sql) }
    try queue.close()
    return try shelf.findings()
  }

  @Test(
    arguments: [
      ("SELECT 1", []),
      (
        "UPDATE job SET phase = 'dancing' WHERE number = 1",
        [
          "jobs in a phase that nobody knows: 1", "jobs whose document tells another phase: 1",
          "jobs whose history ends in another phase: 1",
        ]
      ),
      (
        "UPDATE job SET over = 1 WHERE number = 1",
        [
          "jobs that are over or open against their phase: 1", "jobs that are over without a time, or open with one: 1",
          "jobs that are over without a place among those that ended, or open with one: 1",
          "obligations to jobs that do not exist or are over: 1 timeout",
        ]
      ),
      ("UPDATE job SET changed = 0 WHERE number = 1", ["jobs whose times run backwards: 1"]),
      ("UPDATE job SET finished = NULL WHERE number = 2", ["jobs that are over without a time, or open with one: 2"]),
      (
        "UPDATE job SET ending = NULL WHERE number = 2",
        [
          "jobs that are over without a place among those that ended, or open with one: 2"
        ]
      ),
      ("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'job'", ["jobs with a number that could be given again: 4, 5"]),
      ("UPDATE job SET document = x'7b' WHERE number = 3", ["jobs whose document is no JSON: 3"]),
      (
        "UPDATE job SET document = CAST('{\"id\":\"4\",\"phase\":\"accepted\"}' AS BLOB) WHERE number IN (3, 4)",
        [
          "jobs whose document tells another id: 3", "jobs whose document tells another phase: 4",
        ]
      ),
      (
        "UPDATE job SET document = CAST('{}' AS BLOB) WHERE number = 3",
        [
          "jobs whose document tells another id: 3", "jobs whose document tells another phase: 3",
        ]
      ),
      ("UPDATE job_count SET jobs = jobs + 1", ["jobs that are counted wrongly: d acme 1"]),
      ("DELETE FROM job_count", ["jobs that are counted wrongly: d acme 1"]),
      ("INSERT INTO job_count VALUES ('e', 's', 1, 1)", ["jobs that are counted wrongly: e s 1"]),
      ("DELETE FROM history WHERE job = 1", ["jobs without history: 1"]),
      ("INSERT INTO history VALUES (77, 1, 'accepted', 1)", ["history of jobs that do not exist: 77"]),
      ("UPDATE history SET sequence = 3 WHERE job = 2 AND sequence = 2", ["jobs whose history has a gap: 2"]),
      (
        "UPDATE history SET phase = 'failed' WHERE job = 2 AND sequence = 2",
        ["jobs whose history ends in another phase: 2"]
      ),
      ("UPDATE history SET at = 99 WHERE job = 2 AND sequence = 1", ["jobs whose history runs backwards: 2"]),
      (
        "INSERT INTO obligation VALUES (2, 'a', 1, x''), (77, 'b', 1, x'')",
        [
          "obligations to jobs that do not exist or are over: 2 a, 77 b"
        ]
      ),
      ("INSERT INTO intent VALUES (77, 'm', 'sent', 1)", ["submits of jobs that do not exist: 77"]),
      ("UPDATE intent SET state = 'lost' WHERE job = 3", ["submits in a state that nobody knows: 3"]),
      ("UPDATE intent SET state = 'known' WHERE job = 3", ["submits that are known, without the backend's id: 3"]),
      ("UPDATE idempotency SET job = 77", ["idempotency keys of jobs that do not exist: 77"]),
      ("DELETE FROM identifier WHERE name = 'a'", ["assigned numbers with a gap: package of x"]),
      (
        "UPDATE meta SET value = x'00' WHERE key IN ('key', 'instance')",
        [
          "what the ledger was given when it was made is not there or not whole: key, instance"
        ]
      ),
      (
        "DELETE FROM meta WHERE key = 'created'",
        [
          "what the ledger was given when it was made is not there or not whole: created"
        ]
      ),
    ] as [(String, [String])])
  func whateverIsWrongIsFound(_ sql: String, _ findings: [String]) async throws {
    #expect(try await Self.broken(sql) == findings)
  }

  @Test func aLongListIsCutShortAndSaysSo() async throws {
    let sql = """
      INSERT INTO history WITH RECURSIVE place(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM place WHERE n < 199)
      SELECT n, 1, 'accepted', 1 FROM place
      """
    let findings = try await Self.broken(sql)
    #expect(findings.count == 1)
    #expect(findings[0].hasPrefix("history of jobs that do not exist: 100, 101, "))
    #expect(findings[0].hasSuffix("119 and more"))
  }

  @Test func aDamagedFileIsFoundWithoutATrap() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for _ in 1...200 { _ = try await ledger.add(finished: 3) }
    try await ledger.close()
    let file = open(shelf.path, O_RDWR)
    var state = stat()
    fstat(file, &state)
    // Every other page but the first is overwritten.
    for page in stride(from: 4096, to: off_t(state.st_size), by: 8192) {
      _ = pwrite(file, Array(repeating: UInt8(0xA5), count: 4096), 4096, page)
    }
    close(file)
    let findings = try shelf.findings()
    #expect(!findings.isEmpty)
    #expect(findings.allSatisfy { $0.hasPrefix("damaged: ") })
  }

  @Test func lookingMakesNoFileAndBringsNoneUpToDate() async throws {
    let shelf = Shelf()
    #expect(throws: LedgerFault.io("No such file or directory")) { try LedgerFile.open(path: shelf.path) }
    #expect(shelf.names == [])
    close(open(shelf.path, O_CREAT | O_WRONLY, 0o600))
    #expect(throws: LedgerFault.corrupt("not a ledger, it is empty")) { try LedgerFile.open(path: shelf.path) }
    unlink(shelf.path)
    let queue = try DatabaseQueue(path: shelf.path)
    try await queue.writeWithoutTransaction { db in try db.execute(sql: Version1.sql) }
    let old = try LedgerFile.open(path: shelf.path)
    #expect(old.schema == 1)
    #expect(try old.check() == [])
    #expect(try old.stats().pending.openJobs == 3)
    try await queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA user_version = 99") }
    try queue.close()
    #expect(throws: LedgerFault.newer(found: 99, known: 4)) { try LedgerFile.open(path: shelf.path) }
  }

  @Test func statisticsSayWhatIsThere() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for place in 1...5 as ClosedRange<Int64> {
      _ = try await ledger.create(newJob(created: 10 + place), obligations: [Obligation(kind: "a", due: 50 + place)]) {
        paper($0, .accepted)
      }
    }
    let other = NewJob(dialect: "e", scope: "s", principal: "p", backend: 3, created: 7)
    _ = try await ledger.create(other, mark: "m") { paper($0, .accepted) }
    try await ledger.end(1, at: 20)
    try await ledger.end(5, at: 20)
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 1) == [1])
    let stats = try await ledger.stats()
    #expect(stats.schema == 4)
    #expect(stats.jobs == 5)
    #expect(stats.lastNumber == 6)
    #expect(stats.oldest == 7)
    #expect(stats.newest == 15)
    #expect(stats.byPhase == ["accepted": 4, "succeeded": 1])
    #expect(stats.byDialect == ["d": 4, "e": 1])
    #expect(stats.byBackend == ["1": 4, "3": 1])
    #expect(stats.documentBytes == 4 * paper(2, .accepted).count + paper(5, .succeeded).count)
    #expect(stats.pending.openJobs == 4)
    #expect(stats.pending.obligations == 3)
    #expect(stats.pending.nextDue == 52)
    #expect(stats.pending.inDoubt == 1)
    #expect(stats.size.pageSize == 4096)
    #expect(stats.size.pages > 10)
    #expect(stats.size.logBytes > 4096)
    // From outside it looks the same, and cheaply too.
    #expect(try LedgerFile.open(path: shelf.path).stats() == stats)
    let pending = try await ledger.pending()
    #expect(pending.pending == stats.pending)
    #expect(pending.size == stats.size)
    try await ledger.close()
  }
}
