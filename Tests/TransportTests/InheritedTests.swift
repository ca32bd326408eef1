import Glibc
import Testing
import Transport

extension OverSockets {
  @Suite struct InheritedTests {
    @Test func aSocketMayBeHandedOver() async throws {
      let socket = try RawListener()
      let server = Server(loops: 2)
      let responder = EchoResponder()
      let other = Listener(on: .free, responder: responder)
      let handed = Listener(at: .inherited(socket.descriptor), responder: responder)
      // A client that came before the server is served as well.
      let early = try RawClient(port: socket.port)
      try await early.send("GET /early HTTP/1.1\r\nHost: a\r\n\r\n")
      for round in 0..<3 {
        let bound = try await server.apply([other, handed])
        #expect(bound[1] == Address(host: "127.0.0.1", port: socket.port))
        if round == 0 { #expect(try await early.reply().body == "answer to /early") }
        let client = try RawClient(port: socket.port)
        try await client.send("GET /\(round) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().body == "answer to /\(round)")
        try await server.apply([other])
        // Still there for whoever gave it, and not for the programs we start.
        #expect(fcntl(socket.descriptor, F_GETFD) == FD_CLOEXEC)
      }
      await server.drain(deadline: .seconds(1))
    }

    @Test func whatCannotBeListenedOnIsSaid() async throws {
      let responder = EchoResponder()
      let server = Server(loops: 1)
      let datagrams = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
      let file = open("/dev/null", O_RDONLY)
      defer {
        close(datagrams)
        close(file)
      }
      for (number, reason) in [
        (CInt(9999), "it is not open"), (file, "it is no socket"), (datagrams, "it is no TCP socket"),
      ] {
        await #expect(throws: ListenError.noListeningSocket(number, reason: reason)) {
          try await server.apply([Listener(at: .inherited(number), responder: responder)])
        }
      }
    }
  }
}
