import Ledger
import Synchronization
import Testing

@Suite struct CounterTests {
  @Test func theyAddUp() async throws {
    let shelf = Shelf()
    let ticks = Atomic<Int64>(0)
    let ledger = try Ledger.open(path: shelf.path, now: 1, clock: { ticks.add(300, ordering: .relaxed).newValue }) {
      Array(repeating: 1, count: $0)
    }
    #expect(ledger.counters.commits == 0)
    _ = try await ledger.add()
    let one = ledger.counters
    #expect(one.commits == 1)
    #expect(one.writes == 1)
    #expect(one.sizes.counts == [1] + Array(repeating: 0, count: 10))
    #expect(one.syncs.sum == 300)
    #expect(one.syncs.counts[2] == 1)
    await withTaskGroup(of: Void.self) { group in
      for place in 1...300 {
        group.addTask {
          _ = try? await ledger.create(newJob()) { number in
            if place % 3 == 0 { throw Clumsy() }
            return paper(number, .accepted)
          }
        }
      }
    }
    let many = ledger.counters
    #expect(many.writes == 201)
    #expect(many.failedWrites == 100)
    #expect(many.faults == ["document": 100])
    #expect(many.sizes.sum == 301)
    #expect(many.sizes.count == many.commits)
    #expect(many.syncs.sum == many.commits * 300)
    #expect(many.commits < 301)
    #expect(many.failing == nil)
    try await ledger.close()
    await #expect(throws: LedgerFault.closed) { _ = try await ledger.document(1) }
    #expect(ledger.counters.faults["closed"] == 1)
  }
}
