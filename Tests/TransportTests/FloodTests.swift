import Testing
import Transport

/// What cheap clients do to dear servers: each flood ends its own connection, and nobody else notices.
extension OverSockets {
  @Suite struct FloodTests {
    /// Sends rounds of bytes until the server ends the connection; answers the code of its GOAWAY.
    private func flood(
      _ test: TestServer, start: [UInt8] = [], rounds: Int = 400, _ round: (Int) -> [UInt8]
    ) async throws -> Int? {
      let client = try await RawClient.http2(port: test.port)
      let other = try await RawClient.http2(port: test.port)
      try await client.send(start)
      for index in 0..<rounds {
        try await client.send(round(index))
        guard test.server.counters.violations == 0 else { break }
      }
      try await other.send(Frames.headers(1, Frames.request("/other")))
      #expect(await other.body(of: 1) == "answer to /other")
      #expect(try await test.stillAnswers())
      let code = await client.frame { $0.isGoaway }?.code
      #expect(await client.isEnded())
      return code
    }

    @Test func rapidReset() async throws {
      try await withServer { test in
        let code = try await flood(test) { round in
          (0..<100).flatMap { index in
            let stream = (round * 100 + index) * 2 + 1
            return Frames.headers(stream, Frames.request("/keep")) + Frames.reset(stream)
          }
        }
        #expect(code != nil && code != 0)
        #expect(test.server.counters.exchanges == 0)
        #expect(test.server.counters.requests < 5000)
      }
    }

    /// The same with the client making the server reset: windows that overflow.
    @Test func resetsThatTheServerIsMadeToSend() async throws {
      try await withServer { test in
        let code = try await flood(test) { round in
          (0..<100).flatMap { index in
            let stream = (round * 100 + index) * 2 + 1
            return Frames.headers(stream, Frames.request("/keep")) + Frames.windowUpdate(stream, 0x7fff_ffff)
          }
        }
        #expect(code != nil && code != 0)
      }
    }

    @Test func pings() async throws {
      try await withServer { test in
        let code = try await flood(test) { _ in (0..<200).flatMap { Frames.ping(UInt8($0)) } }
        #expect(code == 11)
      }
    }

    @Test func settings() async throws {
      try await withServer { test in
        let code = try await flood(test) { _ in (0..<200).flatMap { _ in Frames.settings([(4, 65535)]) } }
        #expect(code == 11)
      }
    }

    @Test func emptyData() async throws {
      try await withServer { test in
        let start = Frames.headers(1, Frames.request("POST", "/echo"), end: false)
        let code = try await flood(test, start: start) { _ in (0..<200).flatMap { _ in Frames.data(1, [], end: false) }
        }
        #expect(code == 11)
      }
    }

    @Test func priorities() async throws {
      try await withServer { test in
        let priority = Frames.frame(2, stream: 3, [0, 0, 0, 0, 16])
        let code = try await flood(test) { _ in (0..<200).flatMap { _ in priority } }
        #expect(code == 11)
      }
    }

    @Test func windowUpdates() async throws {
      try await withServer { test in
        let code = try await flood(test) { _ in (0..<200).flatMap { _ in Frames.windowUpdate(0, 1) } }
        #expect(code == 11)
      }
    }

    /// Frames of unknown types are skipped by the library without a word: they cost no more than their bytes.
    @Test func unknownFrames() async throws {
      try await withServer { test in
        let client = try await RawClient.http2(port: test.port)
        for _ in 0..<100 { try await client.send((0..<200).flatMap { _ in Frames.frame(0x42, [1]) }) }
        #expect(try await test.stillAnswers())
        try await client.send(Frames.headers(1, Frames.request("/other")))
        #expect(await client.body(of: 1) == "answer to /other")
      }
    }

    @Test func continuations() async throws {
      try await withServer { test in
        let start = Frames.headers(1, Frames.request("/x"), complete: false)
        let code = try await flood(test, start: start) { _ in Frames.continuation(1, Frames.literal("a", "b")) }
        #expect(code != nil && code != 0)
      }
    }

    /// Few bytes on the wire, many when decoded: one large field in the dynamic table, named a thousand times.
    @Test func headerBombs() async throws {
      try await withServer { test in
        let before = residentKilobytes()
        let client = try await RawClient.http2(port: test.port)
        let large = [0x40] + Frames.string("x") + Frames.string(String(repeating: "y", count: 3900))
        let bomb = large + [UInt8](repeating: 0xbe, count: 10_000)
        for index in 0..<50 {
          try await client.send(Frames.headers(index * 2 + 1, Frames.request("/bomb") + bomb))
        }
        let answer = await client.frame { $0.stream == 1 || $0.isGoaway }
        #expect(answer?.isReset == true || answer?.isGoaway == true)
        #expect(try await test.stillAnswers())
        #expect(test.responder.seen.withLock { $0 } == ["GET /alive"])
        #expect(residentKilobytes() - before < 200_000)
      }
    }

    /// Many answers asked for and none let out: the memory they take is bounded, and in the end the client is given up.
    @Test func windowsThatNeverOpen() async throws {
      try await withServer {
        $0.timeWithoutProgress = .milliseconds(300)
      } _: { test in
        let client = try await RawClient.http2(port: test.port, settings: [(4, 0)])
        for index in 0..<100 {
          try await client.send(Frames.headers(index * 2 + 1, Frames.request("/big?100000")))
        }
        #expect(try await test.stillAnswers())
        let reset = await client.frame { $0.isReset }
        #expect(reset?.code == 8)
        for _ in 0..<100 where test.server.counters.exchanges > 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(test.server.counters.exchanges == 0)
      }
    }

    @Test func bodiesOnManyStreams() async throws {
      try await withServer { limits in
        limits.bufferedBodyBytes = 305_000
      } _: { test in
        let client = try await RawClient.http2(port: test.port)
        for index in 0..<50 {
          let stream = index * 2 + 1
          try await client.send(
            Frames.headers(stream, Frames.request("POST", "/echo"), end: false)
              + Frames.data(stream, [UInt8](repeating: 1, count: 10_000), end: false))
        }
        let reset = await client.frame { $0.isReset }
        #expect(reset?.code == 7)
        try await client.send(Frames.data(1, [1]))
        #expect(await client.body(of: 1).utf8.count == 10_001)
      }
    }

    @Test func noise() async throws {
      try await withServer { test in
        var generator = SystemRandomNumberGenerator()
        for round in 0..<60 {
          let client = try RawClient(port: test.port)
          var bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
          if round.isMultiple(of: 2) { bytes = Frames.preface + Frames.settings() + bytes }
          if round.isMultiple(of: 3) {
            bytes =
              Frames.preface + Frames.settings()
              + (0..<50).flatMap { index in
                Frames.frame(
                  UInt8.random(in: 0...10), flags: UInt8.random(in: 0...255), stream: Int.random(in: 0...9),
                  (0..<Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255) })
              }
          }
          try await client.send(bytes)
          client.endOutput()
          _ = await client.drain(200)
        }
        #expect(try await test.stillAnswers())
      }
    }

    @Test func connectionsThatBreak() async throws {
      try await withServer { test in
        for index in 0..<100 {
          let client = try RawClient(port: test.port)
          let starts: [[UInt8]] = [
            [], Array("GET /big?1000000 HTTP/1.1\r\nHost: a\r\n\r\n".utf8), Array("POST / HTTP/1.1\r\nHost".utf8),
            Frames.preface + Frames.settings() + Frames.headers(1, Frames.request("/big?1000000")),
            Frames.preface + Frames.headers(1, Frames.request("/keep")),
          ]
          try await client.send(starts[index % starts.count])
          client.abort()
        }
        try await eventually { test.server.counters.connections == 0 }
        #expect(test.server.counters.exchanges == 0)
        #expect(try await test.stillAnswers())
      }
    }
  }
}
