import JobModel
import Ledger
import Testing

@Suite struct RetentionTests {
  @Test func jobsGoByAge() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for finished in [10, 20, nil, 30, 15] as [Int64?] { _ = try await ledger.add(finished: finished) }
    #expect(try await ledger.prune(finishedBefore: 10, keeping: nil).isEmpty)
    #expect(try await ledger.prune(finishedBefore: 20, keeping: nil) == [1, 5])
    #expect(try await ledger.numbers() == [2, 3, 4])
    #expect(try await ledger.history(1).isEmpty)
    #expect(try await ledger.missing(among: [1, 2, 3, 5, 99]) == [1, 5, 99])
    #expect(try await ledger.prune(finishedBefore: .max, keeping: nil) == [2, 4])
    #expect(try await ledger.numbers() == [3])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func jobsGoByCountAsTheyEnded() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for _ in 1...6 { _ = try await ledger.add() }
    // The oldest ends last, and its clock was set back: it stays all the same.
    for (number, at) in [(2, 50), (3, 60), (4, 70), (1, 5)] as [(Int64, Int64)] { try await ledger.end(number, at: at) }
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 4).isEmpty)
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 2) == [2, 3])
    #expect(try await ledger.prune(finishedBefore: nil, keeping: nil).isEmpty)
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 0) == [1, 4])
    #expect(try await ledger.numbers() == [5, 6])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func anOutcomeLearntLateMovesNoJob() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for number in [try await ledger.add(), try await ledger.add()] {
      _ = try await ledger.update(
        number, phase: .ended, changed: 5, finished: 5, document: paper(number, .ended))
    }
    try await ledger.end(1, at: 9)
    #expect(try await ledger.prune(finishedBefore: nil, keeping: 1) == [1])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func whatIsOpenOrInDoubtStays() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    for state in SubmitIntent.State.allCases {
      let number = try await ledger.create(newJob(), mark: "m") { paper($0, .accepted) }
      if state == .known {
        _ = try await ledger.setBackendID(number, "x", at: 2)
      } else {
        _ = try await ledger.advance(number, to: state, at: 2)
      }
      try await ledger.end(number, at: 3)
    }
    _ = try await ledger.add()
    let names = SubmitIntent.State.allCases
    let gone = try await ledger.prune(finishedBefore: .max, keeping: 0)
    #expect(gone.map { names[Int($0) - 1] } == [.known, .settled])
    #expect(try await ledger.intents(in: [.known, .settled]).isEmpty)
    _ = try await ledger.advance(1, to: .settled, at: 9)
    #expect(try await ledger.prune(finishedBefore: .max, keeping: 0) == [1])
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func everythingThatBelongsToAJobGoesWithIt() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let key = IdempotencyKey(key: "k", digest: [1], since: 0)
    let made = try await ledger.createOnce(newJob(), key: key, obligations: [Obligation(kind: "a", due: 1)], mark: "m")
    {
      paper($0, .accepted)
    }
    #expect(made == .created(1))
    _ = try await ledger.advance(1, to: .settled, at: 2)
    try await ledger.end(1, at: 3)
    #expect(try await ledger.prune(finishedBefore: 4, keeping: nil) == [1])
    #expect(try await ledger.intent(of: 1) == nil)
    #expect(try await ledger.history(1).isEmpty)
    // The key is free again, and the number is not.
    #expect(try await ledger.createOnce(newJob(), key: key) { paper($0, .accepted) } == .created(2))
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func noNumberIsGivenTwice() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    for _ in 1...5 { _ = try await ledger.add(finished: 2) }
    #expect(try await ledger.prune(finishedBefore: 9, keeping: nil) == [1, 2, 3, 4, 5])
    #expect(try await ledger.add() == 6)
    try await ledger.end(6, at: 3)
    #expect(try await ledger.prune(finishedBefore: 9, keeping: 0) == [6])
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.add() == 7)
    try await ledger.close()
  }

  @Test func manyGoInSmallBatchesBesideOtherWrites() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...1000 { group.addTask { _ = try await ledger.add(finished: 2) } }
      try await group.waitForAll()
    }
    async let others = withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 1...200 { group.addTask { try await ledger.add() } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    var gone: [Int64] = []
    var largest = 0
    while true {
      let batch = try await ledger.prune(finishedBefore: 9, keeping: nil, limit: 64)
      gone += batch
      largest = max(largest, batch.count)
      if batch.count < 64 { break }
    }
    #expect(largest == 64)
    #expect(Set(gone) == Set(1...1000))
    #expect(gone.count == 1000)
    #expect(try await others == Set(1001...1200))
    #expect(try await ledger.prune(finishedBefore: 9, keeping: nil, limit: 0).isEmpty)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  @Test func theFileStaysAsLargeAsItOnceWas() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    var sizes: [Int] = []
    for round in 1...4 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...300 {
          group.addTask {
            let number = try await ledger.create(newJob()) { document($0) + Array(repeating: 32, count: 3000) }
            try await ledger.end(number, at: Int64(round))
          }
        }
        try await group.waitForAll()
      }
      while try await !ledger.prune(finishedBefore: .max, keeping: nil).isEmpty {}
      sizes.append(try await ledger.pending().size.pages)
    }
    #expect(sizes[0] > 100)
    // Not exactly: pages fill a little differently each time.
    #expect(Double(sizes[3]) < Double(sizes[0]) * 1.2, "\(sizes)")
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }
}
