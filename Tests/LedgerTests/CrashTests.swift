import Ledger
import Testing

import func Glibc.fflush

@Suite struct CrashTests {
  /// Writes jobs, many at a time, and tells each number it was told, until it is killed.
  @Test(.enabled(if: Rerun.purpose != nil)) func inTheOtherProcessWriteUntilKilled() async throws {
    let path = try #require(Rerun.purpose)
    let ledger = try Ledger.open(path: path, now: 1) { Array(repeating: 1, count: $0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...16 {
        group.addTask {
          for _ in 1...10_000 {
            let number = try await ledger.create(newJob(), document: document)
            _ = try await ledger.update(number, phase: .running, changed: 2, finished: nil, document: document(-number))
            print("TOLD \(number)")
            fflush(nil)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func whatWasAcknowledgedIsThereAfterAKill() async throws {
    let shelf = Shelf()
    var told: [Int64] = []
    try await Rerun.run("inTheOtherProcessWriteUntilKilled", purpose: shelf.path) { line, _ in
      if line.hasPrefix("TOLD "), let number = Int64(line.dropFirst(5)) { told.append(number) }
      return told.count == 500 ? .kill : .goOn
    }
    #expect(told.count >= 500)
    let ledger = try shelf.open()
    for number in told {
      let record = try #require(try await ledger.record(number))
      #expect(record.phase == .running)
      #expect(record.document == document(-number))
    }
    // Numbers are still contiguous, and the next one follows.
    let page = try await ledger.page(JobPageRequest())
    let total = try Int64(#require(page.total))
    #expect(page.rows.map(\.number) == Array(1...total))
    #expect(try await ledger.create(newJob(), document: document) == total + 1)
    try await ledger.close()
  }
}
