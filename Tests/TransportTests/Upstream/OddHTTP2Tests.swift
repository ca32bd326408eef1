import Testing
import Transport

extension OverSockets {
  /// A server of HTTP/2 that does to each call what it was told to, frame by frame.
  @Suite struct OddHTTP2Tests {
    /// Reads frames, and answers the nth call by the nth word.
    private static let script = """
      import socket, struct, sys
      words = sys.argv[1].split(",")
      def frame(kind, flags, stream, payload=b""):
          return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
      def exactly(c, n):
          data = b""
          while len(data) < n:
              piece = c.recv(n - len(data))
              if not piece: raise EOFError
              data += piece
          return data
      OK = bytes([0x88])
      INTERIM = bytes([8, 3]) + b"103"
      def act(c, word, s):
          if word == "ok": c.sendall(frame(1, 5, s, OK))
          elif word == "body": c.sendall(frame(1, 4, s, OK) + frame(0, 0, s, b"he") + frame(0, 1, s, b"llo"))
          elif word == "interim": c.sendall(frame(1, 4, s, INTERIM) * 3 + frame(1, 5, s, OK))
          elif word == "interims": c.sendall(frame(1, 4, s, INTERIM) * 40)
          elif word == "trailers": c.sendall(frame(1, 4, s, OK) + frame(0, 0, s, b"hi") + frame(1, 5, s, bytes([0, 1]) + b"x" + bytes([1]) + b"y"))
          elif word == "refuse": c.sendall(frame(3, 0, s, struct.pack(">I", 7)))
          elif word == "cancel": c.sendall(frame(3, 0, s, struct.pack(">I", 8)))
          elif word == "half": c.sendall(frame(1, 4, s, OK) + frame(0, 0, s, b"he") + frame(3, 0, s, struct.pack(">I", 2)))
          elif word == "goaway": c.sendall(frame(7, 0, 0, struct.pack(">II", 0, 0))); c.close(); raise EOFError
          elif word == "goaway-seen": c.sendall(frame(7, 0, 0, struct.pack(">II", s, 0))); c.close(); raise EOFError
          elif word == "cut": c.close(); raise EOFError
          elif word == "garbage": c.sendall(b"\\xff" * 100)
          elif word == "length": c.sendall(frame(1, 4, s, OK + bytes([15, 13, 1]) + b"5") + frame(0, 1, s, b"hello you"))
          elif word == "connection": c.sendall(frame(1, 5, s, OK + bytes([0, 10]) + b"connection" + bytes([5]) + b"close"))
          elif word == "flood":
              for _ in range(200): c.sendall(frame(1, 4, s, OK) if _ == 0 else frame(0, 0, s, b"x" * 16000))
      l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(9)
      print("listening on", l.getsockname()[1], flush=True)
      while words:
          c, _ = l.accept()
          c.settimeout(20)
          try:
              exactly(c, 24)
              c.sendall(frame(4, 0, 0))
              while words:
                  h = exactly(c, 9)
                  n, kind, s = int.from_bytes(h[:3], "big"), h[3], int.from_bytes(h[5:], "big")
                  exactly(c, n)
                  if kind == 1:
                      word = words.pop(0)
                      print("call", word, flush=True)
                      act(c, word, s)
          except (EOFError, OSError): pass
      while True: l.accept()
      """

    /// What comes of calls, one for each word unless said otherwise: a call that is refused is sent once more, and takes two.
    private func ask(
      _ words: String, calls: Int? = nil, hurries: Bool = false
    ) async throws -> [Result<Messenger.Answer, UpstreamFault>] {
      let server = try Companion("python3 -u -c '\(Self.script)' \(words)")
      defer { server.end() }
      let port = Int(try await server.line(holding: "listening on ")) ?? 0
      var results: [Result<Messenger.Answer, UpstreamFault>] = []
      try await withLoop { loop in
        let messenger = Messenger(
          UpstreamSettings(ports: [port], http: .http2) { if hurries { $0.hurry() } }, on: loop)
        for _ in 0..<(calls ?? words.split(separator: ",").count) {
          results.append(await messenger.call(.init("POST", "/", body: [1, 2, 3])))
        }
        let counters = await messenger.counters()
        #expect(counters.underWay == 0)
      }
      return results
    }

    @Test func answersAreRead() async throws {
      let results = try await ask("ok,body,interim,trailers,ok")
      #expect(results.map(\.status) == [200, 200, 200, 200, 200])
      #expect(results.map(\.text) == ["", "hello", "", "hi", ""])
    }

    /// What was refused is sent once more, and only once.
    @Test func refusedCallsAreRepeatedOnce() async throws {
      #expect(try await ask("refuse,ok", calls: 1)[0].status == 200)
      #expect(try await ask("goaway,ok", calls: 1)[0].status == 200)
      #expect(try await ask("refuse,refuse,ok", calls: 2).map(\.fault) == [UpstreamFault(.reset, sent: .no), nil])
    }

    @Test func whatMayHaveBeenDoneIsNotRepeated() async throws {
      for word in ["cancel", "half", "goaway-seen", "cut"] {
        let results = try await ask("\(word),ok")
        #expect(results.map(\.fault) == [UpstreamFault(.reset, sent: .maybe), nil], "\(word)")
      }
    }

    @Test func nonsenseIsCalledSo() async throws {
      for word in ["garbage", "length", "connection", "flood"] {
        let results = try await ask("\(word),ok")
        guard case .nonsense = results[0].fault?.kind, results[0].fault?.sent == .maybe, results[1].status == 200 else {
          Issue.record("\(word): \(results)")
          continue
        }
      }
    }

    @Test func endlessInterimAnswersAreRefused() async throws {
      let results = try await ask("interims,ok")
      #expect(results.map(\.fault) == [UpstreamFault(.tooLarge, sent: .maybe), nil])
    }

    /// A server that says nothing: the call ends, and the next has another connection.
    @Test func silenceHasItsTime() async throws {
      let results = try await ask("mute,ok", hurries: true)
      #expect(results.map(\.fault) == [UpstreamFault(.timeout(.firstByte), sent: .maybe), nil])
    }
  }
}
