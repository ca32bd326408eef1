import JobModel
import Ledger
import Testing

@Suite struct NumberTests {
  @Test func aThousandCallersGetTheNumbersOneToAThousand() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 1...1000 { group.addTask { try await ledger.create(newJob(), document: document) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(numbers.sorted() == Array(1...1000))
    for number in [1, 500, 1000] as [Int64] { #expect(try await ledger.document(number) == document(number)) }
    #expect(try await ledger.page(JobPageRequest()).total == 1000)
    try await ledger.close()
  }

  @Test func aWriteThatFailsLeavesNoGap() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let numbers = await withTaskGroup(of: Int64?.self) { group in
      for place in 1...300 {
        group.addTask {
          try? await ledger.create(newJob()) { number in
            if place % 3 == 0 { throw Clumsy() }
            return document(number)
          }
        }
      }
      return await group.reduce(into: []) { found, number in number.map { found.append($0) } }
    }
    #expect(numbers.sorted() == Array(1...200))
    await #expect(throws: LedgerFault.document("Clumsy()")) {
      _ = try await ledger.create(newJob()) { _ in throw Clumsy() }
    }
    #expect(try await ledger.create(newJob(), document: document) == 201)
    #expect(try await ledger.document(202) == nil)
    #expect(try await ledger.history(202).isEmpty)
    try await ledger.close()
  }

  @Test func oneAfterTheOtherTheyFollowTheOrderOfAcknowledgement() async throws {
    let shelf = Shelf()
    for start in [1, 4] as [Int64] {
      let ledger = try shelf.open()
      for number in start..<(start + 3) {
        #expect(try await ledger.create(newJob(), document: document) == number)
      }
      try await ledger.close()
    }
  }

  @Test func namesHaveNumbersForEver() async throws {
    let shelf = Shelf()
    var ledger = try shelf.open()
    #expect(try await ledger.assign(kind: "package", dialect: "x", name: "deploy") == 1)
    #expect(try await ledger.assign(kind: "package", dialect: "x", name: "caf\u{e9}") == 2)
    #expect(try await ledger.assign(kind: "package", dialect: "x", name: "cafe\u{301}") == 3)
    #expect(try await ledger.assign(kind: "cluster", dialect: "x", name: "deploy") == 1)
    #expect(try await ledger.assign(kind: "package", dialect: "y", name: "other") == 1)
    try await ledger.close()
    ledger = try shelf.open()
    #expect(try await ledger.assign(kind: "package", dialect: "x", name: "caf\u{e9}") == 2)
    #expect(try await ledger.name(kind: "package", dialect: "x", number: 1) == "deploy")
    #expect(try await ledger.name(kind: "package", dialect: "x", number: 9) == nil)
    try await ledger.close()
  }

  @Test func manyWhoAskForOneNameGetOneNumber() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let found = try await withThrowingTaskGroup(of: Int64.self) { group in
      for place in 0..<200 {
        group.addTask { try await ledger.assign(kind: "k", dialect: "d", name: "n\(place % 10)") }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(found == Set(1...10))
    try await ledger.close()
  }
}
