import Testing
import Transport

extension OverSockets {
  @Suite struct HTTP2Tests {
    @Test func knownClientsAreServed() async throws {
      try await withServer { test in
        let curl = await run("curl -sS --http2-prior-knowledge -d hello \(test.url)/describe?x=1")
        #expect(curl.output.hasPrefix("POST post /describe x=1\nhttp2 127.0.0.1 host=127.0.0.1:\(test.port)\n"))
        #expect(curl.output.hasSuffix("body=hello"))
        let nghttp = await run("nghttp \(test.url)/one \(test.url)/later")
        #expect(nghttp.output.contains("answer to /one"))
        #expect(nghttp.output.contains("later /later"))
        let load = await run("h2load -n 5000 -c 10 -m 10 \(test.url)/")
        #expect(load.output.contains("5000 succeeded"))
        let large = await run("sh -c 'curl -sS --http2-prior-knowledge \(test.url)/big?5000000 | wc -c'")
        #expect(large.output.contains("5000000"))
        let upload = await run(
          "sh -c 'head -c 1000000 /dev/zero | curl -sS --http2-prior-knowledge --data-binary @- \(test.url)/echo | wc -c'"
        )
        #expect(upload.output.contains("1000000"))
      }
    }

    @Test func bothProtocolsShareAPort() async throws {
      try await withServer(loops: 2) { test in
        async let one = run("h2load --h1 -n 2000 -c 8 \(test.url)/")
        async let two = run("h2load -n 2000 -c 8 -m 8 \(test.url)/")
        #expect(await one.output.contains("2000 succeeded"))
        #expect(await two.output.contains("2000 succeeded"))
        #expect(test.server.counters.requests == 4000)
      }
    }

    @Test func bytesMayComeOneByOne() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        let bytes = Frames.preface + Frames.settings() + Frames.headers(1, Frames.request("/one"))
        for byte in bytes { try await client.send([byte]) }
        #expect(await client.body(of: 1) == "answer to /one")
      }
    }

    @Test func anAlmostPrefaceIsARequestThatFails() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n")
        #expect(await client.isEnded())
      }
    }

    @Test func headNoBodyAndBodiesInPieces() async throws {
      try await withServer { test in
        let client = try await RawClient.http2(port: test.port)
        try await client.send(Frames.headers(1, Frames.request("HEAD", "/x")))
        let head = await client.frame { $0.stream == 1 }
        #expect(head?.type == 1 && head?.endsStream == true)
        try await client.send(
          Frames.headers(3, Frames.request("POST", "/echo"), end: false) + Frames.data(3, Array("ab".utf8), end: false)
            + Frames.data(3, [], end: false) + Frames.data(3, Array("cd".utf8)))
        #expect(await client.body(of: 3) == "abcd")
        try await client.send(
          Frames.headers(5, Frames.request("POST", "/echo"), end: false) + Frames.data(5, Array("ef".utf8), end: false)
            + Frames.headers(5, Frames.literal("trailer", "t")))
        #expect(await client.body(of: 5) == "ef")
        try await client.send(Frames.headers(7, Frames.request("GET", "/status?204")))
        #expect(await client.frame { $0.stream == 7 }?.endsStream == true)
      }
    }

    @Test func authorityComesBeforeHost() async throws {
      try await withServer { test in
        let client = try await RawClient.http2(port: test.port)
        try await client.send(Frames.headers(1, Frames.request("/describe", [("host", "b"), ("x", "y")])))
        let body = await client.body(of: 1)
        #expect(body.contains("host=a\n") && !body.contains("host=b") && body.contains("x=y"))
        let plain = Frames.literal(":method", "GET") + Frames.literal(":scheme", "http")
        try await client.send(
          Frames.headers(3, plain + Frames.literal(":path", "/describe") + Frames.literal("host", "c:1:1")))
        #expect(await client.body(of: 3).contains("host=c:1:1"))
      }
    }

    @Test func continueIsSentToWhoWaits() async throws {
      try await withServer { test in
        let client = try await RawClient.http2(port: test.port)
        try await client.send(
          Frames.headers(1, Frames.request("POST", "/echo", [("expect", "100-continue")]), end: false))
        let first = await client.frame { $0.stream == 1 }
        #expect(first?.type == 1 && first?.endsStream == false)
        try await client.send(Frames.data(1, Array("x".utf8)))
        #expect(await client.body(of: 1) == "x")
      }
    }

    /// Invalid messages (RFC 9113 §8.1.1) cost their stream, not the connection.
    @Test func malformedMessagesAreReset() async throws {
      try await withServer { test in
        let client = try await RawClient.http2(port: test.port)
        let bad = [
          Frames.request("/x", [("Upper", "case")]), Frames.request("/x", [("connection", "close")]),
          Frames.request("/x", [("transfer-encoding", "chunked")]), Frames.request("/x", [(":late", "pseudo")]),
          Frames.request("/x", [("n", "a\r\nb: c")]), Frames.literal(":method", "GET"), Frames.request(""),
        ]
        for (index, block) in bad.enumerated() {
          let stream = index * 2 + 1
          try await client.send(Frames.headers(stream, block))
          #expect(await client.frame { $0.stream == stream }?.isReset == true, "\(index)")
        }
        try await client.send(
          Frames.headers(99, Frames.request("POST", "/x", [("content-length", "3")]), end: false)
            + Frames.data(99, Array("four".utf8)))
        #expect(await client.frame { $0.stream == 99 }?.isReset == true)
        try await client.send(Frames.headers(101, Frames.request("/good")))
        #expect(await client.body(of: 101) == "answer to /good")
        #expect(test.responder.seen.withLock { $0 } == ["GET /good"])
      }
    }
  }
}

extension Frames {
  static func request(_ path: String, _ more: [(String, String)] = []) -> [UInt8] { request("GET", path, more) }
}
