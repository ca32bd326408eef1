import Testing
import Transport

extension OverSockets {
  /// Connections are shared, limited, given up in time; endpoints that fail are left alone.
  @Suite struct PoolTests {
    private static let jobs = "/organizations/acme/pushy/jobs"

    @Test func callsWaitForAConnection() async throws {
      try await withPlatform("--platform pushy --fail late,seconds=0.4") { platform in
        try await withLoop { loop in
          let settings = UpstreamSettings(ports: [platform.port]) {
            $0.bounds.connections = 2
            $0.bounds.waiting = 3
          }
          let messenger = Messenger(settings, on: loop)
          var ends: [String: Int] = [:]
          await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { await messenger.call(.init(Self.jobs)) } }
            for await result in group {
              ends[result.fault.map { "\($0.kind) \($0.sent)" } ?? "\(result.status)", default: 0] += 1
            }
          }
          #expect(ends == ["200": 5, "overloaded no": 5])
          #expect(await platform.state("accepted") == 2)
          #expect(await messenger.counters().connections == 2)
        }
      }
    }

    /// Calls that came together while it was not known that the server would choose HTTP/1.1; and connections that the
    /// server ends while others wait for them.
    @Test func callsThatCannotShareAConnectionGetTheirOwn() async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("server", subject: "/CN=server", hosts: ["platform.example"])
        let tls = try UpstreamTLS(authorities: certificates.bytes("ca.pem"), checksHost: false, http: .agreed)
        let files = "\(certificates.path("server.pem")) \(certificates.path("server.key"))"
        try await withPlatform("--platform pushy --fail hang-up --tls \(files)") { platform in
          try await withLoop { loop in
            let settings = UpstreamSettings(ports: [platform.port], tls: tls) {
              $0.times = UpstreamSettings.Times()
              $0.bounds.connections = 4
            }
            let messenger = Messenger(settings, on: loop)
            let statuses = await withTaskGroup { group in
              for _ in 0..<40 { group.addTask { await messenger.call(.init(Self.jobs)).status } }
              return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 40))
            let counters = await messenger.counters()
            #expect(counters.underWay == 0 && counters.waiting == 0 && counters.answered == 40)
          }
        }
      }
    }

    /// Whoever waits too long for a connection is told that nothing was sent.
    @Test func waitingHasItsTime() async throws {
      try await withPlatform("--platform pushy --fail late,seconds=1.5") { platform in
        try await withLoop { loop in
          let settings = UpstreamSettings(ports: [platform.port]) {
            $0.bounds.connections = 1
            $0.times.connect = .milliseconds(300)
            $0.times.firstByte = .seconds(5)
          }
          let messenger = Messenger(settings, on: loop)
          async let first = messenger.call(.init(Self.jobs))
          try await Task.sleep(for: .milliseconds(100))
          #expect(await messenger.call(.init(Self.jobs)).fault == UpstreamFault(.overloaded, sent: .no))
          #expect(await first.status == 200)
        }
      }
    }

    @Test func callsMayBeGivenUp() async throws {
      try await withPlatform("--platform pushy --fail late,seconds=2,times=3") { platform in
        try await withLoop { loop in
          let messenger = Messenger(
            UpstreamSettings(ports: [platform.port]) { $0.times.firstByte = .seconds(9) }, on: loop)
          var hurried = Messenger.Request(Self.jobs)
          hurried.limit = .milliseconds(300)
          #expect(await messenger.call(hurried).fault == UpstreamFault(.timeout(.total), sent: .maybe))
          let task = Task { await messenger.call(.init(Self.jobs)) }
          try await Task.sleep(for: .milliseconds(200))
          task.cancel()
          #expect(await task.value.fault == UpstreamFault(.cancelled, sent: .maybe))
          async let last = messenger.call(.init(Self.jobs))
          try await Task.sleep(for: .milliseconds(200))
          messenger.retire()
          #expect(await last.status == 200)
          #expect(await messenger.call(.init(Self.jobs)).fault == UpstreamFault(.cancelled, sent: .no))
          #expect(await messenger.counters().connections == 0)
        }
      }
    }

    /// The server of the loop ends while a call is under way and another waits; later calls find no loop.
    @Test func theEndOfTheLoopEndsCalls() async throws {
      try await withPlatform("--platform pushy --fail mute") { platform in
        let server = Server(loops: 1)
        try await server.apply([])
        let settings = UpstreamSettings(ports: [platform.port]) {
          $0.bounds.connections = 1
          $0.times.firstByte = .seconds(9)
        }
        let messenger = Messenger(settings, on: try #require(server.loops.first))
        async let first = messenger.call(.init(Self.jobs))
        async let second = messenger.call(.init(Self.jobs))
        try await Task.sleep(for: .milliseconds(300))
        await server.drain(deadline: .zero)
        let faults = [await first.fault, await second.fault]
        #expect(faults.allSatisfy { $0?.kind == .cancelled } && faults.contains { $0?.sent == .no })
        #expect(await messenger.call(.init(Self.jobs)).fault == UpstreamFault(.cancelled, sent: .no))
      }
    }

    @Test func idleConnectionsAreClosed() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await withLoop { loop in
          let messenger = Messenger(
            UpstreamSettings(ports: [platform.port]) { $0.times.idle = .milliseconds(300) }, on: loop)
          for _ in 0..<5 { #expect(await messenger.call(.init(Self.jobs)).status == 200) }
          #expect(await platform.state("accepted") == 1)
          try await Task.sleep(for: .milliseconds(800))
          #expect(await messenger.counters().connections == 0)
          #expect(await messenger.call(.init(Self.jobs)).status == 200)
        }
      }
    }

    /// The server ends all connections while nobody calls: the next call notices before it is sent.
    @Test func endedConnectionsAreNotUsed() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await withLoop { loop in
          let messenger = Messenger(UpstreamSettings(ports: [platform.port]), on: loop)
          for _ in 0..<20 {
            #expect(await messenger.call(.init(Self.jobs)).status == 200)
            await platform.control("drop")
          }
          #expect(await messenger.counters().resets == 0)
        }
      }
    }

    @Test func badArgumentsAreNotSent() async throws {
      try await withLoop { loop in
        let messenger = Messenger(UpstreamSettings(ports: [try freePort()]), on: loop)
        for (method, target) in [
          ("", "/"), ("GET", ""), ("GET", "/a b"), ("GE T", "/"), ("GET", "/\r\nX: 1"), ("GET", "http://x/"),
        ] {
          let fault = await messenger.call(.init(method, target)).fault
          guard case .nonsense = fault?.kind, fault?.sent == .no else {
            Issue.record("\(method) \(target): \(String(describing: fault))")
            continue
          }
        }
      }
    }

    @Test func headersCannotEndLines() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await withLoop { loop in
          let messenger = Messenger(UpstreamSettings(ports: [platform.port]), on: loop)
          let headers = [
            ("X-A", "1\r\nX-B: 2"), ("X C", "3"), ("Content-Length", "99"), ("Transfer-Encoding", "chunked"),
            ("Host", "evil"),
          ]
          #expect(await messenger.call(.init("GET", Self.jobs, headers: headers)).status == 200)
          let seen = await platform.control("requests").lowercased()
          #expect(
            seen.contains("1  x-b: 2") && !seen.contains("x c") && !seen.contains("evil") && !seen.contains("chunked"))
        }
      }
    }

    /// One of two endpoints answers its health check with 503 for a while.
    @Test func sickEndpointsRest() async throws {
      try await withPlatform("--platform pushy") { first in
        try await withPlatform("--platform pushy") { second in
          try await withLoop { loop in
            let settings = UpstreamSettings(ports: [first.port, second.port]) {
              var check = UpstreamSettings.Check(path: Self.jobs)
              check.every = .milliseconds(200)
              $0.check = check
            }
            let messenger = Messenger(settings, on: loop)
            func wait(until count: Int) async throws {
              for _ in 0..<200 {
                if await messenger.counters().resting == count { return }
                try await Task.sleep(for: .milliseconds(25))
              }
              Issue.record("never \(count): \(await messenger.counters())")
            }
            await first.control("fault", #"{"mode":"error","status":503}"#)
            try await wait(until: 1)
            for _ in 0..<20 { #expect(await messenger.call(.init(Self.jobs)).status == 200) }
            await first.control("heal")
            try await wait(until: 0)
            await first.control("clear")
            for _ in 0..<20 { #expect(await messenger.call(.init(Self.jobs)).status == 200) }
            #expect(await first.control("requests").split(separator: "\"target\"").count > 5)
            messenger.retire()
          }
        }
      }
    }

    /// Failing calls send an endpoint to rest, and twice as long the second time; the last one stays.
    @Test func failingEndpointsRest() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await withLoop { loop in
          let settings = UpstreamSettings(ports: [try freePort(), platform.port]) {
            $0.ejection.failures = 2
            $0.ejection.rest = .milliseconds(400)
          }
          let messenger = Messenger(settings, on: loop)
          var ejections: [Int] = []
          let begin = ContinuousClock.now
          while ContinuousClock.now - begin < .milliseconds(2500) {
            #expect(await messenger.call(.init(Self.jobs)).status == 200)
            ejections.append(await messenger.counters().ejections)
            try await Task.sleep(for: .milliseconds(20))
          }
          // 400, 800 and 1,600 ms.
          #expect(ejections.last == 3, "\(ejections)")
          let alone = Messenger(UpstreamSettings(ports: [try freePort()]) { $0.ejection.failures = 1 }, on: loop)
          for _ in 0..<5 { #expect(await alone.call(.init("/")).fault?.kind == .refused) }
          #expect(await alone.counters().ejections == 0)
        }
      }
    }
  }
}
