import Synchronization
import Testing
import Transport

extension OverSockets {
  /// The same request again, and an answer that was put together before.
  @Suite struct RepeatTests {
    /// Says of each request whether its head came before.
    private final class Rememberer: Responder {
      final class LoopState {
        var heads: [UInt64: KnownHead] = [:]
        let answer = PreparedAnswer([
          ("Content-Type", "text/x"), ("Content-Length", "99"), ("", "x"), ("X-Text", "a\r\nx-evil: 1"),
        ])
      }

      func makeLoopState() -> AnyObject { LoopState() }

      func answer(_ exchange: Exchange) {
        guard let state = exchange.context as? LoopState else { return }
        let isKnown = state.heads[exchange.headMark]?.isSame(as: exchange) ?? false
        if !isKnown, exchange.hasNoBody { state.heads[exchange.headMark] = KnownHead(exchange) }
        exchange.begin(status: 200)
        exchange.headers(state.answer)
        exchange.finish(body: isKnown ? "known" : "new")
      }
    }

    private func withRememberer(_ body: (Int) async throws -> Void) async throws {
      let server = Server(loops: 1)
      let bound = try await server.apply([Listener(on: .free, responder: Rememberer())])
      do { try await body(bound[0].port) } catch {
        await server.drain(deadline: .zero)
        throw error
      }
      await server.drain(deadline: .milliseconds(200))
    }

    @Test func onlyTheVerySameHeadIsKnown() async throws {
      try await withRememberer { port in
        let client = try RawClient(port: port)
        func ask(_ request: String) async throws -> String {
          try await client.send(request.replacing("\n", with: "\r\n"))
          return try await client.reply().body
        }
        let first = "GET /a?b HTTP/1.1\nHost: h\nX-A: 1\nX-B: 2\n\n"
        #expect(try await ask(first) == "new")
        #expect(try await ask(first) == "known")
        for (place, other) in [
          ("/a?b", "/a?c"), ("GET", "PUT"), ("X-A: 1", "X-A: 2"), ("X-A: 1\nX-B: 2", "X-B: 2\nX-A: 1"),
          ("X-A: 1", "X-A1: "), ("Host: h", "Host: hX"), ("X-B: 2", "X-B: 2\nX-C: 3"),
        ] {
          #expect(try await ask(first.replacing(place, with: other)) == "new", "\(other)")
        }
        // One of them has the same mark and so took its place, as the mark does not tell where names end.
        _ = try await ask(first)
        #expect(try await ask(first) == "known")
        #expect(try await ask(first.replacing("\n\n", with: "\nContent-Length: 1\n\nx")) == "new")
        #expect(try await ask(first) == "known")
      }
    }

    @Test func thePreparedFieldsAreInOrder() async throws {
      try await withRememberer { port in
        for flags in ["--http1.1", "--http2-prior-knowledge"] {
          let said = await run("curl -sS --noproxy '*' -i \(flags) http://127.0.0.1:\(port)/").output.lowercased()
          #expect(said.contains("content-type: text/x\r\n") && said.contains("x-text: a  x-evil: 1\r\n"), "\(said)")
          #expect(said.contains("content-length: 3\r\n") && !said.contains("99") && said.hasSuffix("new"), "\(said)")
        }
      }
    }
  }
}
