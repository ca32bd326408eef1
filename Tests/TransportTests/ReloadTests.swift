import Synchronization
import Testing
import Transport

extension OverSockets {
  @Suite struct ReloadTests {
    /// Answers with its number; remembers which state its exchanges had.
    final class Numbered: Responder {
      final class LoopState {
        let number: Int
        init(_ number: Int) { self.number = number }
      }

      let number: Int
      let held = Mutex<[Handle]>([])

      init(_ number: Int) { self.number = number }

      func makeLoopState() -> AnyObject { LoopState(number) }

      func answer(_ exchange: Exchange) {
        if exchange.pathString == "/keep" { return held.withLock { $0.append(exchange.hold()) } }
        Numbered.say(exchange, "\(number)")
      }

      static func say(_ exchange: Exchange, _ text: String) {
        let state = exchange.context as? LoopState
        exchange.begin(status: 200)
        exchange.finish(body: "\(text) \(state?.number ?? -1)")
      }
    }

    @Test func nothingIsLostWhileEverythingChanges() async throws {
      try await Certificates.with { certificates in
        var terms: [TLSTerms] = []
        for name in ["one", "two"] {
          try await certificates.issue(name, subject: "/CN=\(name)", hosts: ["localhost"])
          terms.append(try TLSTerms(TLSSettings(identities: [certificates.identity(name)])))
        }
        let known = terms
        let server = Server(loops: 2)
        let bound = try await server.apply(Self.listeners(0, [.free, .free], known))
        let (plain, secure) = (bound[0], bound[1])
        let isDone = Atomic(false)
        async let swaps = Self.swap(server, [plain, secure], known, until: isDone)
        async let prior = run("h2load -n 60000 -c 8 -m 10 http://\(plain)/a")
        async let h2 = run("h2load -n 40000 -c 8 -m 10 https://\(secure)/a")
        async let h1 = run("h2load -n 10000 -c 4 --h1 https://\(secure)/a")
        async let fresh = Self.connectAgainAndAgain(secure, certificates, 60)
        for load in await [prior, h2, h1] {
          #expect(load.output.contains(" 0 failed, 0 errored, 0 timeout"), "\(load.output)")
        }
        #expect(await fresh == [])
        isDone.store(true, ordering: .relaxed)
        #expect(try await swaps >= 50)
        let counters = server.counters
        #expect(counters.requests >= 110_060 && counters.violations == 0 && counters.handshakesFailed == 0)
        #expect(server.reports.count == 2)
        await server.drain(deadline: .seconds(1))
        #expect(server.counters.connections == 0 && server.counters.exchanges == 0 && server.counters.streams == 0)
      }
    }

    private static func listeners(_ number: Int, _ addresses: [Address], _ terms: [TLSTerms]) -> [Listener] {
      [
        Listener(on: addresses[0], responder: Numbered(number)),
        Listener(on: addresses[1], responder: Numbered(number), tls: terms[number % terms.count]),
      ]
    }

    /// Changes everything until told to stop, fifty times at least; a third listener comes and goes each time.
    private static func swap(
      _ server: Server, _ addresses: [Address], _ terms: [TLSTerms], until isDone: borrowing Atomic<Bool>
    ) async throws -> Int {
      // The server knows its places by what it was told: port 0.
      let places = [Address.free, Address.free]
      var number = 0
      while number < 50 || !isDone.load(ordering: .relaxed) {
        number += 1
        var limits = Limits()
        limits.bodyBytes = 1000 + number
        limits.idleTime = .seconds(60 + number % 3)
        var next = listeners(number, places, terms)
        next.append(Listener(on: .free, responder: Numbered(number)))
        let third = try await server.apply(next, limits: limits)[2]
        let client = try RawClient(port: third.port)
        try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().body == "\(number) \(number)")
        next.removeLast()
        #expect(try await server.apply(next, limits: limits) == addresses)
        // The one whose listener has gone is still answered, and told that this was the last time.
        try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let last = try await client.reply()
        #expect(last.body == "\(number) \(number)" && last.fields["connection"] == "close")
        // A program that is just being started may hold the socket for an instant.
        try await eventually { (try? RawClient(port: third.port)) == nil }
        try await Task.sleep(for: .milliseconds(20))
      }
      return number
    }

    /// Failures of that many new connections.
    private static func connectAgainAndAgain(
      _ address: Address, _ certificates: Certificates, _ count: Int
    ) async -> [String] {
      var failures: [String] = []
      for _ in 0..<count {
        let url = "https://localhost:\(address.port)/a"
        let answer = await run("curl -sS -4 --cacert \(certificates.authority) -w '|%{http_code}' \(url)")
        if !answer.output.hasSuffix("|200") { failures.append(answer.output) }
      }
      return failures
    }

    @Test func whatIsUnderWayStaysWithTheOldResponder() async throws {
      let server = Server(loops: 1)
      var old: Numbered? = Numbered(1)
      weak let first = old
      guard let responder = old else { return }
      let port = try await server.apply([Listener(on: .free, responder: responder)])[0].port
      let one = try RawClient(port: port)
      try await one.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
      let two = try await RawClient.http2(port: port)
      try await two.send(Frames.headers(1, Frames.request("/keep")))
      try await eventually { first?.held.withLock { $0.count } == 2 }
      try await server.apply([Listener(on: .free, responder: Numbered(2))])
      try await two.send(Frames.headers(3, Frames.request("/")))
      #expect(await two.body(of: 3) == "2 2")
      for handle in responder.held.withLock({ $0 }) { handle.resume { Numbered.say($0, "late") } }
      #expect(try await one.reply().body == "late 1")
      #expect(await two.body(of: 1) == "late 1")
      try await one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await one.reply().body == "2 2")
      old = nil
      await server.drain(deadline: .zero)
    }

    @Test func allOrNothing() async throws {
      let server = Server(loops: 2)
      let taken = try RawListener()
      let limits = Limits()
      let port = try await server.apply([Listener(on: .free, responder: Numbered(1))], limits: limits)[0].port
      let client = try RawClient(port: port)
      let fresh = try RawListener()
      let freed = Address(host: "127.0.0.1", port: fresh.port)
      fresh.shut()
      let error = ListenError.addressInUse(Address(host: "127.0.0.1", port: taken.port))
      await #expect(throws: error) {
        try await server.apply([
          Listener(on: .free, responder: Numbered(2)), Listener(on: freed, responder: Numbered(2)),
          Listener(on: Address(host: "127.0.0.1", port: taken.port), responder: Numbered(2)),
        ])
      }
      #expect((try? RawClient(port: freed.port)) == nil)
      for _ in 0..<2 {
        try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().body == "1 1")
      }
      // The address that was given up is free, and a listener may change its kind.
      let next = try await server.apply([
        Listener(on: freed, responder: Numbered(3)), Listener(on: .free, responder: Numbered(3)),
      ])
      #expect(next == [freed, Address(host: "127.0.0.1", port: port)])
      try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await client.reply().body == "3 3")
      await server.drain(deadline: .zero)
    }

    @Test func limitsChangeForRequestsThatBegin() async throws {
      try await withServer { test in
        let one = try RawClient(port: test.port)
        let two = try await RawClient.http2(port: test.port)
        func post(_ stream: Int) async throws -> [String] {
          let body = String(repeating: "x", count: 500)
          try await one.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n\(body)")
          try await two.send(Frames.headers(stream, Frames.request("POST", "/echo"), end: false))
          try await two.send(Frames.data(stream, Array(body.utf8)))
          let reply = try await one.reply()
          return [reply.body == body ? "echo" : reply.body, await two.body(of: stream) == body ? "echo" : "other"]
        }
        #expect(try await post(1) == ["echo", "echo"])
        var limits = Limits()
        limits.bodyBytes = 499
        try await test.server.apply([Listener(on: .free, responder: test.responder)], limits: limits)
        #expect(try await post(3) == ["too large", "other"])
        limits.bodyBytes = 500
        try await test.server.apply([Listener(on: .free, responder: test.responder)], limits: limits)
        try await two.send(Frames.headers(5, Frames.request("/alive")))
        #expect(await two.body(of: 5) == "answer to /alive")
      }
    }
  }
}
