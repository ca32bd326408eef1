import Synchronization
import Testing
import Transport

extension OverSockets {
  /// Answers that leave while they are made.
  @Suite struct StreamingTests {
    /// Writes as many pieces as the query says, and waits for leave before each but the first, if it is to.
    private final class Pieces: Responder {
      static let piece = 50_000
      let written = Mutex(0)
      let ends = Mutex<[String]>([])
      let leave = Mutex(true)

      func makeLoopState() -> AnyObject { Nothing() }
      private final class Nothing {}

      func answer(_ exchange: Exchange) {
        let count = Int(exchange.queryString) ?? 0
        let isCut = exchange.pathString == "/cut"
        let handle = exchange.hold()
        Task {
          for index in 0..<count {
            while index > 0, !self.leave.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            let isOpen = await handle.write { exchange in
              exchange.begin(status: index == 0 ? 200 : 500)
              exchange.header("x-piece", "\(index)")
              let letter = UInt8(97 + index % 26)
              exchange.append(room: Self.piece) { room in
                room.initializeMemory(as: UInt8.self, repeating: letter)
                return room.count
              }
            }
            guard isOpen else { return self.end("gone after \(index)") }
            self.written.withLock { $0 += 1 }
          }
          if isCut { handle.breakOff() } else { handle.resume { $0.finish(body: "end") } }
          self.end("whole")
        }
      }

      private func end(_ word: String) { ends.withLock { $0.append(word) } }
    }

    private func withPieces(
      _ change: (inout Limits) -> Void = { _ in }, _ body: (_ port: Int, _ pieces: Pieces) async throws -> Void
    ) async throws {
      var limits = Limits()
      change(&limits)
      let pieces = Pieces()
      let server = Server(loops: 1)
      let bound = try await server.apply([Listener(on: .free, responder: pieces)], limits: limits)
      do { try await body(bound[0].port, pieces) } catch {
        await server.drain(deadline: .zero)
        throw error
      }
      await server.drain(deadline: .milliseconds(200))
    }

    private static let protocols = ["--http1.0", "--http1.1", "--http2-prior-knowledge"]

    @Test(arguments: protocols) func allPiecesArriveInOrder(_ version: String) async throws {
      try await withPieces { port, pieces in
        let get = "curl -sS --noproxy '*' \(version) http://127.0.0.1:\(port)"
        for count in [0, 1, 2, 200] {
          let letters = (0..<count).map {
            String(repeating: Character(UnicodeScalar(UInt8(97 + $0 % 26))), count: 50_000)
          }
          #expect(await run("\(get)/?\(count)").output == letters.joined() + "end", "\(count)")
        }
        let head = await run("\(get)/?3 -D - -o /dev/null").output.lowercased()
        #expect(head.contains(" 200") && head.contains("x-piece: 0") && !head.contains("content-length"))
        #expect(head.contains("transfer-encoding: chunked") == (version == "--http1.1"))
        #expect(!head.contains("x-piece: 1"))
        // Connections and streams can be used again, for short answers between long ones.
        let load = await run(
          "h2load -n 300 -c 2 -m 10 \(version.contains("2") ? "" : "--h1") \(["0", "3"].map { "http://127.0.0.1:\(port)/?\($0)" }.joined(separator: " "))"
        )
        #expect(load.output.contains("300 succeeded, 0 failed"), "\(load.output)")
      }
    }

    @Test(arguments: protocols) func whatIsMissingIsSeen(_ version: String) async throws {
      try await withPieces { port, _ in
        let said = await run("curl -sS --noproxy '*' \(version) -o /dev/null http://127.0.0.1:\(port)/cut?3")
        // HTTP/1.0 has no way to say so but to end the connection.
        #expect((said.status == 0) == (version == "--http1.0"), "\(said)")
      }
    }

    @Test func theFirstPieceLeavesBeforeTheSecondIsMade() async throws {
      try await withPieces { port, pieces in
        pieces.leave.withLock { $0 = false }
        let client = try RawClient(port: port)
        try await client.send("GET /?2 HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.status == 200 && reply.fields["transfer-encoding"] == "chunked")
        #expect(await client.take(Pieces.piece).count == Pieces.piece)
        #expect(pieces.written.withLock { $0 } == 1)
        pieces.leave.withLock { $0 = true }
        let rest = await client.take(Pieces.piece)
        #expect(rest.contains(98))
      }
    }

    /// Whoever does not read keeps the pieces from being made.
    @Test func aSlowReaderSlowsTheMaker() async throws {
      try await withPieces {
        $0.timeWithoutProgress = .seconds(30)
      } _: { port, pieces in
        let slow = try RawClient(port: port, receiveBuffer: 4096)
        try await slow.send("GET /?2000 HTTP/1.1\r\nHost: a\r\n\r\n")
        let other = try await RawClient.http2(port: port)
        try await other.send(Frames.headers(1, Frames.request("/?2000")))
        for _ in 0..<100 where pieces.written.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        try await Task.sleep(for: .milliseconds(300))
        let made = pieces.written.withLock { $0 }
        #expect(made > 0 && made < 400, "\(made)")
        slow.abort()
        other.abort()
        for _ in 0..<500 where pieces.ends.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(pieces.ends.withLock { $0.count { $0.hasPrefix("gone") } } == 2)
      }
    }

    @Test func whoReadsNothingIsLeft() async throws {
      try await withPieces {
        $0.timeWithoutProgress = .milliseconds(500)
      } _: { port, pieces in
        let slow = try RawClient(port: port, receiveBuffer: 4096)
        try await slow.send("GET /?2000 HTTP/1.1\r\nHost: a\r\n\r\n")
        let other = try await RawClient.http2(port: port)
        try await other.send(Frames.headers(1, Frames.request("/?2000")))
        for _ in 0..<500 where pieces.ends.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(pieces.ends.withLock { $0.count { $0.hasPrefix("gone") } } == 2)
      }
    }

    /// Who makes an answer and stops doing so does not hold the client for ever.
    @Test func aMakerThatStopsIsCutOff() async throws {
      try await withPieces {
        $0.timeToAnswer = .milliseconds(500)
      } _: { port, pieces in
        pieces.leave.withLock { $0 = false }
        for version in ["--http1.1", "--http2-prior-knowledge"] {
          let said = await run("curl -sS -m 20 --noproxy '*' \(version) -o /dev/null http://127.0.0.1:\(port)/?2")
          #expect(said.status != 0 && said.status != 28, "\(said)")
        }
        pieces.leave.withLock { $0 = true }
      }
    }
  }
}
