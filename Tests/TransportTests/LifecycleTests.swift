import Testing
import Transport

extension OverSockets {
  @Suite struct LifecycleTests {
    private let responder = EchoResponder()
    private var listener: Listener { Listener(on: .free, responder: responder) }

    @Test func anAddressInUseIsSaid() async throws {
      try await withServer { test in
        let taken = Address(host: "127.0.0.1", port: test.port)
        let second = Server(loops: 1)
        await #expect(throws: ListenError.addressInUse(taken)) {
          try await second.apply([listener, Listener(on: taken, responder: responder)])
        }
        let nowhere = Address(host: "192.0.2.1", port: 1)
        await #expect { try await second.apply([Listener(on: nowhere, responder: responder)]) } throws: { error in
          if case ListenError.refused(nowhere, _) = error { true } else { false }
        }
        let bound = try await second.apply([listener])
        #expect(bound[0].port > 0)
        await second.drain(deadline: .zero)
      }
    }

    @Test func aServerLivesOnce() async throws {
      let server = Server(loops: 2)
      await server.drain(deadline: .seconds(1))
      let bound = try await server.apply([listener, listener])
      #expect(bound.count == 2 && bound[0].port != bound[1].port)
      await server.drain(deadline: .seconds(1))
      await server.drain(deadline: .seconds(1))
      await #expect(throws: ListenError.ended) { try await server.apply([listener]) }
    }

    /// Some ten seconds after the last client has gone the responder hears of it, once, and the next client is answered.
    @Test func whoIsLeftAloneHearsOfIt() async throws {
      try await withServer { test in
        func visit() async throws {
          for preface in ["", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            let client = try RawClient(port: test.port)
            if preface.isEmpty {
              try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
              #expect(try await client.reply().status == 200)
            } else {
              try await client.send(preface)
            }
            client.shut()
          }
        }
        try await visit()
        #expect(test.responder.leaves.load(ordering: .relaxed) == 0)
        for _ in 0..<300 where test.responder.leaves.load(ordering: .relaxed) == 0 {
          try await Task.sleep(for: .milliseconds(100))
        }
        #expect(test.responder.leaves.load(ordering: .relaxed) == 1)
        try await visit()
      }
    }

    @Test func whatIsInFlightIsFinished() async throws {
      let server = Server(loops: 2)
      let port = try await server.apply([listener])[0].port
      let idle = try RawClient(port: port)
      try await idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await idle.reply()
      let one = try RawClient(port: port)
      try await one.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
      let two = try await RawClient.http2(port: port)
      try await two.send(Frames.headers(1, Frames.request("/keep")))
      for _ in 0..<100 where responder.handles.withLock({ $0.count }) < 2 {
        try await Task.sleep(for: .milliseconds(10))
      }
      let ending = Task { await server.drain(deadline: .seconds(5)) }
      #expect(await idle.isEnded())
      let goaway = await two.frame { $0.isGoaway }
      #expect(goaway?.code == 0)
      #expect(await two.frame { $0.isGoaway } != nil)
      for handle in responder.handles.withLock({ $0 }) {
        handle.resume { exchange in
          exchange.begin(status: 200)
          exchange.finish(body: "still here")
        }
      }
      let reply = try await one.reply()
      #expect(reply.body == "still here" && reply.fields["connection"] == "close")
      #expect(await two.body(of: 1) == "still here")
      #expect(await one.isEnded())
      #expect(await two.isEnded())
      one.shut()
      two.shut()
      await ending.value
      #expect(server.counters.connections == 0 && server.counters.exchanges == 0)
      let again = try? RawClient(port: port)
      #expect(again == nil)
    }

    @Test func patienceHasAnEnd() async throws {
      let server = Server(loops: 1)
      let port = try await server.apply([listener])[0].port
      let client = try RawClient(port: port)
      try await client.send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n")
      for _ in 0..<100 where responder.handles.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
      let start = ContinuousClock.now
      await server.drain(deadline: .milliseconds(200))
      #expect(ContinuousClock.now - start < .seconds(3))
      #expect(await client.isEnded())
      responder.handles.withLock { $0[0] }.resume { $0.finish() }
    }
  }
}
