import Testing

@testable import Credentials

@Suite("A signature that comes twice") struct ReplayTests {
  let good = Vectors.cases[1].asked

  @Test("is the caller's right when nothing changes, told apart or refused otherwise") func twice() throws {
    let door = try Vectors.gatekeeper()
    for _ in 0..<3 { #expect(try !door.who(good, repeats: .allowed, at: Vectors.now).isRepeat) }
    let first = try door.who(good, repeats: .reported, at: Vectors.now)
    #expect(!first.isRepeat)
    let second = try door.who(good, repeats: .reported, at: Vectors.now + 1000)
    #expect(second.isRepeat)
    #expect(second.nonce == first.nonce)
    #expect(first.nonce?.text.utf8.count == 32)
    #expect(throws: CredentialFault(.badCredential, "Invalid signature for user or client 'gateway-tester'")) {
      try door.who(good, repeats: .refused, at: Vectors.now)
    }
    #expect(try !door.who(Vectors.cases[0].asked, repeats: .refused, at: Vectors.now).isRepeat)
  }

  @Test("is not remembered unless it is good") func onlyGood() throws {
    let door = try Vectors.gatekeeper()
    let bad = good.copy()
    bad.body.append(0)
    #expect(throws: CredentialFault.self) { try door.who(bad, repeats: .refused, at: Vectors.now) }
    #expect(throws: Never.self) { try door.who(good, repeats: .refused, at: Vectors.now) }
  }

  @Test("is never good twice, however full the memory is, and the memory stays small") func bounded() throws {
    let memory = ReplayMemory(capacity: 16 * 100, skew: 900)
    var generator = Seeded(7)
    var good: [(Nonce, Int64)] = []
    for round in 0..<5000 {
      let now = 1_000_000 + Int64(round / 10)
      let timestamp = now + Int64.random(in: -899...899, using: &generator)
      let nonce = try #require(Nonce(Array("\(round)".utf8)))
      if memory.admit(nonce, by: "one", timestamp: timestamp, now: now) == .first { good.append((nonce, timestamp)) }
      if let (old, time) = good.randomElement(using: &generator), abs(now - time) < 900 {
        #expect(memory.admit(old, by: "one", timestamp: time, now: now) != .first)
      }
    }
    #expect(good.count > 100)
  }

  @Test("one who floods does not stop the others") func flood() throws {
    let memory = ReplayMemory(capacity: 16 * 10, skew: 900)
    for index in 0..<1000 {
      let nonce = try #require(Nonce(Array("\(index)".utf8)))
      _ = memory.admit(nonce, by: "flood", timestamp: 5_000 + Int64(index % 800), now: 5_000)
    }
    let others = try (0..<40).filter { index in
      let nonce = try #require(Nonce(Array("other \(index)".utf8)))
      return memory.admit(nonce, by: "other \(index)", timestamp: 5_000, now: 5_000) == .first
    }
    #expect(others.count >= 20)
  }

  @Test("an honest caller who signs more than fits is served on") func busy() throws {
    let memory = ReplayMemory(capacity: 16 * 50, skew: 900)
    for index in 0..<3000 {
      let nonce = try #require(Nonce(Array("\(index)".utf8)))
      let now = 9_000 + Int64(index / 10)
      #expect(memory.admit(nonce, by: "one", timestamp: now, now: now) == .first)
    }
  }
}
