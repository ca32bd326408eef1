import Testing
import Transport

extension OverSockets {
  @Suite struct LimitTests {
    @Test func headersAreLimited() async throws {
      try await withServer { limits in
        limits.headerCount = 10
        limits.headerBytes = 2000
      } _: { test in
        let many = (0..<10).map { "X-\($0): 1\r\n" }.joined()
        let long = "X: " + String(repeating: "x", count: 2000) + "\r\n"
        for (text, status) in [
          ("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n", 431),
          ("GET / HTTP/1.1\r\nHost: a\r\n" + long + "\r\n", 431),
          ("GET /" + String(repeating: "x", count: 3000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
          ("GET /" + String(repeating: "x", count: 3000), 414),
          ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "x", count: 3000), 431),
        ] {
          let client = try RawClient(port: test.port)
          try await client.send(text)
          #expect(try await client.reply().status == status)
          #expect(await client.isEnded())
        }
        let client = try await RawClient.http2(port: test.port)
        let fields = (0..<10).map { ("x-\($0)", "1") }
        try await client.send(Frames.headers(1, Frames.request("/", fields)))
        #expect(await client.frame { $0.stream == 1 }?.code == 11)
        try await client.send(Frames.headers(3, Frames.request("/", [("x", String(repeating: "x", count: 2000))])))
        #expect(await client.frame { $0.stream == 3 }?.code == 11)
        try await client.send(Frames.headers(5, Frames.request("/", [("x", "1")])))
        #expect(await client.body(of: 5) == "answer to /")
      }
    }

    @Test func bodiesThatAreTooLargeAreWordedByTheResponder() async throws {
      try await withServer {
        $0.bodyBytes = 1000; $0.bodyDiscard = 5_000
      } _: { test in
        let body = String(repeating: "x", count: 1001)
        for text in [
          "Content-Length: 1001\r\n\r\n" + body, "Content-Length: 1001\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\n3E9\r\n" + body + "\r\n0\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\n3E8\r\n" + body.dropFirst() + "\r\n1\r\nx\r\n0\r\n\r\n",
        ] {
          let client = try RawClient(port: test.port)
          try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + text)
          let reply = try await client.reply()
          #expect(reply.status == 413 && reply.body == "too large")
          #expect(await client.isEnded())
        }
        let exact = try RawClient(port: test.port)
        try await exact.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + body.dropFirst())
        #expect(try await exact.reply().status == 200)
        let client = try await RawClient.http2(port: test.port)
        try await client.send(
          Frames.headers(1, Frames.request("POST", "/echo"), end: false) + Frames.data(1, Array(body.utf8), end: false))
        #expect(await client.body(of: 1) == "too large")
        try await client.send(Frames.data(1, [UInt8](repeating: 1, count: 6_000), end: false))
        let reset = await client.frame { $0.stream == 1 }
        #expect(reset?.isReset == true && reset?.code == 0)
        try await client.send(Frames.headers(3, Frames.request("/alive")))
        #expect(await client.body(of: 3) == "answer to /alive")
      }
    }

    @Test func anUploadThatIsTooLargeStillHearsItsAnswer() async throws {
      try await withServer { test in
        for version in Array(repeating: ["--http1.1", "--http2-prior-knowledge"], count: 5).flatMap({ $0 }) {
          let answer = await run(
            "sh -c 'head -c 3000000 /dev/zero | curl -sS -H Expect: \(version) -w %{http_code} --data-binary @- \(test.url)/echo'"
          )
          #expect(answer.output.contains("too large413"), "\(version)")
        }
      }
    }

    @Test func endlessUploadsAreCut() async throws {
      try await withServer {
        $0.bodyBytes = 1000; $0.bodyDiscard = 100_000
      } _: { test in
        let client = try RawClient(port: test.port)
        try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n")
        for _ in 0..<100 { try await client.send([UInt8](repeating: 0, count: 50_000)) }
        #expect(await client.isEnded())
        #expect(test.server.counters.bytesIn < 2_000_000)
      }
    }

    @Test func streamsAreLimited() async throws {
      try await withServer {
        $0.streams = 5
      } _: { test in
        let client = try await RawClient.http2(port: test.port)
        _ = await client.frame { $0.type == 4 && $0.flags == 1 }
        for index in 0..<5 { try await client.send(Frames.headers(index * 2 + 1, Frames.request("/keep"))) }
        try await client.send(Frames.headers(11, Frames.request("/one-too-many")))
        _ = await client.frame { $0.isReset || $0.isGoaway }
        #expect(!test.responder.seen.withLock { $0 }.contains("GET /one-too-many"))
        #expect(try await test.stillAnswers())
      }
    }

    @Test func slowHeadersAndBodiesAreGivenUp() async throws {
      try await withServer {
        $0.timeWithoutProgress = .milliseconds(200)
      } _: { test in
        let head = try RawClient(port: test.port)
        for byte in Array("GET / HTTP/1.1\r\nX: ".utf8) {
          try await head.send([byte])
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await head.reply().status == 408)
        #expect(await head.isEnded())
        let body = try RawClient(port: test.port)
        try await body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        #expect(try await body.reply().status == 408)
        let client = try await RawClient.http2(port: test.port)
        try await client.send(Frames.headers(1, Frames.request("POST", "/echo"), end: false))
        let reset = await client.frame { $0.stream == 1 }
        #expect(reset?.isReset == true && reset?.code == 8)
        try await client.send(Frames.headers(3, Frames.request("/alive")))
        #expect(await client.body(of: 3) == "answer to /alive")
        try await client.send(Frames.headers(5, Frames.request("/"), complete: false))
        #expect(await client.frame { $0.isGoaway } != nil)
        #expect(await client.isEnded())
        #expect(test.server.counters.timeouts == 4)
      }
    }

    @Test func silentConnectionsAreClosed() async throws {
      try await withServer { limits in
        limits.timeToFirstByte = .milliseconds(150)
        limits.idleTime = .milliseconds(300)
      } _: { test in
        let silent = try RawClient(port: test.port)
        #expect(await silent.isEnded(within: 2000))
        let half = try RawClient(port: test.port)
        try await half.send("PRI * HT")
        #expect(await half.isEnded(within: 2000))
        let idle = try RawClient(port: test.port)
        try await idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await idle.reply().status == 200)
        #expect(await idle.isEnded(within: 2000))
        let client = try await RawClient.http2(port: test.port)
        #expect(await client.frame { $0.isGoaway }?.code == 0)
        #expect(await client.isEnded(within: 2000))
      }
    }

    @Test func waitingForAnAnswerIsNotRest() async throws {
      try await withServer {
        $0.idleTime = .milliseconds(300)
      } _: { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
        try await Task.sleep(for: .milliseconds(500))
        test.responder.handles.withLock { $0[0] }.resume { $0.finish() }
        #expect(try await client.reply().status == 200)
        try await Task.sleep(for: .milliseconds(150))
        try await client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().body == "answer to /again")
      }
    }

    @Test func slowReadersAreClosed() async throws {
      try await withServer {
        $0.timeWithoutProgress = .milliseconds(300)
      } _: { test in
        let slow = try RawClient(port: test.port, receiveBuffer: 4096)
        try await slow.send("GET /big?30000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        let second = try await RawClient.http2(
          port: test.port, settings: [(4, 2_000_000_000)], receiveBuffer: 4096)
        try await second.send(
          Frames.windowUpdate(0, 2_000_000_000) + Frames.headers(1, Frames.request("/big?30000000")))
        #expect(try await test.stillAnswers())
        for _ in 0..<100 where test.server.counters.timeouts < 2 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(test.server.counters.timeouts == 2)
        #expect(test.server.counters.bytesOut < 20_000_000)
      }
    }

    @Test func aReaderThatIsSlowButReadsIsServed() async throws {
      try await withServer {
        $0.timeWithoutProgress = .seconds(2)
      } _: { test in
        let slow = try RawClient(port: test.port, receiveBuffer: 4096)
        try await slow.send("GET /big?3000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let begin = ContinuousClock.now
        var count = 0
        while let bytes = await slow.receive(), !bytes.isEmpty {
          count += bytes.count
          if ContinuousClock.now - begin < .seconds(4) { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(count > 3_000_000)
        #expect(test.server.counters.timeouts == 0)
      }
    }

    @Test func connectionsAreLimited() async throws {
      try await withServer {
        $0.connections = 5
      } _: { test in
        var clients: [RawClient] = []
        for _ in 0..<5 {
          let client = try RawClient(port: test.port)
          try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
          _ = try await client.reply()
          clients.append(client)
        }
        let extra = try RawClient(port: test.port)
        #expect(await extra.isEnded())
        #expect(test.server.counters.turnedAway == 1)
        clients.removeLast()
        for _ in 0..<50 where test.server.counters.connections > 4 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await test.stillAnswers())
      }
    }

    @Test func idleConnectionsAreCheap() async throws {
      try await withServer { test in
        var clients: [RawClient] = []
        let before = residentKilobytes()
        for index in 0..<1000 {
          if index.isMultiple(of: 2) {
            let client = try RawClient(port: test.port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.reply()
            clients.append(client)
          } else {
            let client = try await RawClient.http2(port: test.port)
            try await client.send(Frames.headers(1, Frames.request("/")))
            _ = await client.body(of: 1)
            clients.append(client)
          }
        }
        #expect(test.server.counters.connections == 1000)
        let each = (residentKilobytes() - before) / 1000
        #expect(each < 60, "\(each) KiB for each, the test's own end included")
        #expect(try await test.stillAnswers())
      }
    }
  }
}
