import Testing
import Transport

extension OverSockets {
  /// Calls from inside a responder, to our own server at the other end.
  @Suite struct ProxyTests {
    private func withProxy(
      _ http: UpstreamSettings.Protocols, inPieces: Bool = false, limits: (inout Limits) -> Void = { _ in },
      change: (inout UpstreamSettings) -> Void = { _ in },
      _ body: (_ port: Int, _ back: TestServer, _ responder: ProxyResponder) async throws -> Void
    ) async throws {
      try await withServer(limits) { back in
        var settings = UpstreamSettings(ports: [back.port], http: http) { $0.bounds.bodyBytes = 64 << 20 }
        change(&settings)
        let responder = ProxyResponder(settings, inPieces: inPieces)
        let front = Server(loops: 2)
        let bound = try await front.apply([Listener(on: .free, responder: responder)])
        do { try await body(bound[0].port, back, responder) } catch {
          await front.drain(deadline: .zero)
          throw error
        }
        await front.drain(deadline: .milliseconds(500))
      }
    }

    @Test(arguments: [UpstreamSettings.Protocols.http1, .http2])
    func preparedCallsSayTheSameEachTime(_ http: UpstreamSettings.Protocols) async throws {
      try await withProxy(http) { port, back, _ in
        for turn in 1...20 {
          let said = await run("curl -sS --noproxy '*' http://127.0.0.1:\(port)/prepared").output
          #expect(said.contains("GET get /describe a=b") && said.contains("x-mine=a  b"), "\(said)")
          #expect(said.contains("host=127.0.0.1:\(back.port)") && said.contains("x-passing=passing-"), "\(turn)")
          #expect(!said.contains("elsewhere") && !said.contains("no name") && !said.contains("connection="))
        }
      }
      for target in ["", "describe", "/a b", "/a\r\n"] { #expect(PreparedCall(get: target, []) == nil) }
    }

    @Test(arguments: [UpstreamSettings.Protocols.http1, .http2])
    func callsPassThrough(_ http: UpstreamSettings.Protocols) async throws {
      try await withProxy(http) { port, back, responder in
        let url = "http://127.0.0.1:\(port)"
        let said = await run(
          "curl -sS --noproxy '*' -i -H 'X-Mine: 1' -H 'Connection: X-Hop' -H 'TE: trailers' -d abc \(url)/describe?a=b"
        )
        #expect(said.output.contains("POST post /describe a=b") && said.output.contains("x-mine=1"))
        #expect(said.output.contains("host=127.0.0.1:\(back.port)") && said.output.contains("content-length=3"))
        #expect(
          said.output.contains("body=abc") && !said.output.contains("te=") && !said.output.contains("connection="))
        #expect(await run("curl -sS --noproxy '*' -o /dev/null -w %{http_code} \(url)/status?404").output == "404")
        #expect(await run("curl -sS --noproxy '*' -I \(url)/big?77").output.contains("content-length: 0"))
        for size in [0, 1, 100_000, 5_000_000] {
          let pair = await run(
            "sh -c 'curl -sS --noproxy \"*\" \(url)/big?\(size) | md5sum; curl -sS --noproxy \"*\" \(back.url)/big?\(size) | md5sum'"
          )
          let sums = pair.output.split(separator: "\n")
          #expect(sums.count == 2 && sums[0] == sums[1], "\(size)")
        }
        let load = await run("h2load -n 4000 -c 4 -m 20 -d /etc/services \(url)/echo")
        #expect(load.output.contains("4000 succeeded, 0 failed"), "\(load.output)")
        if http == .http2 { #expect(responder.counters.connections <= 2) }
        // More at one time than there may be connections: calls wait for each other.
        let crowd = await run("h2load -n 12000 -c 12 -m 40 -d /etc/services \(url)/echo")
        #expect(crowd.output.contains("12000 succeeded, 0 failed"), "\(crowd.output)")
        let counters = responder.counters
        #expect(counters.underWay == 0 && counters.waiting == 0 && counters.opened < 200, "\(counters)")
      }
    }

    @Test(arguments: [UpstreamSettings.Protocols.http1, .http2])
    func bodiesComeInPieces(_ http: UpstreamSettings.Protocols) async throws {
      try await withProxy(http, inPieces: true, change: { $0.bounds.bodyBytes = 1000 }) { port, back, _ in
        let pair = await run(
          "sh -c 'for port in \(port) \(back.port); do curl -sS --noproxy \"*\" 127.0.0.1:$port/big?9000000 | md5sum; done'"
        )
        let sums = pair.output.split(separator: "\n")
        #expect(sums.count == 2 && sums[0] == sums[1])
      }
    }

    /// The backend restarts gently again and again under load: what it did not do it says, and nothing it took is lost.
    @Test func aGentleEndLosesNothing() async throws {
      let port = try freePort()
      let echo = EchoResponder()
      let back = Server(loops: 1)
      let place = Listener(on: Address(host: "127.0.0.1", port: port), responder: echo)
      try await back.apply([place])
      let front = Server(loops: 1)
      let responder = ProxyResponder(UpstreamSettings(ports: [port], http: .http2))
      let bound = try await front.apply([Listener(on: .free, responder: responder)])
      async let load = run("h2load -n 4000 -c 2 -m 10 http://127.0.0.1:\(bound[0].port)/later")
      for _ in 0..<8 {
        try await Task.sleep(for: .milliseconds(150))
        try await back.apply([])
        try await back.apply([place])
      }
      let said = await load.output
      await front.drain(deadline: .zero)
      await back.drain(deadline: .zero)
      let counters = responder.counters
      // Between two listeners nobody listens for a moment.
      #expect(said.contains("4000 done") && said.contains("0 errored"), "\(said)")
      #expect(counters.answered + counters.refused == 4000 && counters.opened > 4, "\(counters)")
      #expect(echo.seen.withLock { $0.count } == counters.answered, "\(counters)")
    }
  }
}
