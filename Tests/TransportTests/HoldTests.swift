import Testing
import Transport

extension OverSockets {
  @Suite struct HoldTests {
    private func waitFor(_ condition: @Sendable () -> Bool) async throws {
      for _ in 0..<200 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func anAnswerMayComeLater() async throws {
      try await withServer { test in
        let first = try RawClient(port: test.port)
        try await first.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await first.reply().body == "later /later")
        let second = try await RawClient.http2(port: test.port)
        for index in 0..<100 { try await second.send(Frames.headers(index * 2 + 1, Frames.request("/later"))) }
        for _ in 0..<100 { #expect(await second.frame { $0.type == 0 && $0.endsStream } != nil) }
      }
    }

    @Test func aClientMayBeGoneBeforeTheAnswer() async throws {
      try await withServer { test in
        let one = try RawClient(port: test.port)
        try await one.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
        let two = try await RawClient.http2(port: test.port)
        try await two.send(Frames.headers(1, Frames.request("/keep")) + Frames.headers(3, Frames.request("/keep")))
        let responder = test.responder
        try await waitFor { responder.handles.withLock { $0.count } == 3 }
        try await two.send(Frames.reset(3))
        one.abort()
        let server = test.server
        try await waitFor { server.counters.exchanges == 1 }
        #expect(server.counters.exchanges == 1)
        // Their objects are taken by others meanwhile, which must not be answered in their place.
        try await two.send(Frames.headers(5, Frames.request("/keep")))
        try await waitFor { responder.handles.withLock { $0.count } == 4 }
        for handle in responder.handles.withLock({ Array($0.prefix(3)) }) {
          handle.resume { exchange in
            exchange.begin(status: 200)
            exchange.finish(body: "old handle")
          }
        }
        #expect(await two.body(of: 1) == "old handle")
        #expect(server.counters.exchanges == 1)
        for handle in responder.handles.withLock({ Array($0) }) {
          handle.resume { exchange in
            exchange.begin(status: 200)
            exchange.finish(body: "new handle")
          }
        }
        #expect(await two.body(of: 5) == "new handle")
      }
    }

    @Test func forgottenExchangesAreAnswered() async throws {
      try await withServer {
        $0.timeToAnswer = .milliseconds(200)
      } _: { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /forget HTTP/1.1\r\nHost: a\r\n\r\nGET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().status == 500)
        #expect(try await client.reply().status == 500)
        let second = try await RawClient.http2(port: test.port)
        try await second.send(Frames.headers(1, Frames.request("/keep")))
        #expect(await second.frame { $0.stream == 1 }?.type == 1)
      }
    }

    @Test func aHandleMayBeResumedIntoAnotherHold() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
        let responder = test.responder
        try await waitFor { responder.handles.withLock { $0.count } == 1 }
        let first = responder.handles.withLock { $0[0] }
        first.resume { exchange in
          let next = exchange.hold()
          Task {
            next.resume { exchange in
              exchange.begin(status: 202)
              exchange.finish(body: "second")
            }
          }
        }
        #expect(try await client.reply().status == 202)
      }
    }
  }
}
