import Testing
import Transport

extension OverSockets {
  /// Against servers that nobody here wrote: nghttpd, Python's http.server, openssl.
  @Suite struct PeerTests {
    private func eventuallyAnswers(
      _ messenger: Messenger, _ target: String
    ) async -> Result<Messenger.Answer, UpstreamFault> {
      for _ in 0..<200 {
        let result = await messenger.call(Messenger.Request(target))
        guard result.fault?.kind == .refused else { return result }
        try? await Task.sleep(for: .milliseconds(25))
      }
      return await messenger.call(Messenger.Request(target))
    }

    private func withFiles(_ body: (Certificates, _ big: String) async throws -> Void) async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("server", subject: "/CN=server", hosts: ["nghttpd.example"])
        _ = await run(
          "sh -c 'seq 1 100000 > \(certificates.path("big")); seq 1 400000 > \(certificates.path("huge")); echo small > \(certificates.path("small"))'"
        )
        try await body(certificates, (1...100_000).map { "\($0)\n" }.joined())
      }
    }

    @Test func nghttpdWithoutTLS() async throws {
      try await withFiles { certificates, big in
        let port = try freePort()
        let server = try Companion("nghttpd --no-tls -d \(certificates.folder) \(port)")
        defer { server.end() }
        try await withLoop { loop in
          let settings = UpstreamSettings(ports: [port], http: .http2) { $0.times = UpstreamSettings.Times() }
          let messenger = Messenger(settings, on: loop)
          #expect(await eventuallyAnswers(messenger, "/small").text == "small\n")
          #expect(await messenger.call(.init("/big")).text == big)
          #expect(await messenger.call(.init("HEAD", "/big")).text == "")
          #expect(await messenger.call(.init("/huge")).fault == UpstreamFault(.tooLarge, sent: .maybe))
          let missing = await messenger.call(.init("/missing"))
          #expect(missing.status == 404 && missing.text.contains("404"))
          await withTaskGroup { group in
            for _ in 0..<200 { group.addTask { await messenger.call(.init("/big")).text == big } }
            for await isRight in group { #expect(isRight) }
          }
          let counters = await messenger.counters()
          #expect(counters.answered == 204 && counters.underWay == 0)
          #expect(counters.connections >= 1 && counters.connections <= 4)
        }
      }
    }

    @Test func nghttpdWithTLS() async throws {
      try await withFiles { certificates, big in
        let port = try freePort()
        let server = try Companion(
          "nghttpd -d \(certificates.folder) --verify-client --echo-upload \(port) \(certificates.path("server.key")) "
            + "\(certificates.path("server.pem"))")
        defer { server.end() }
        try await withLoop { loop in
          let identity = certificates.identity("server")
          let authorities = certificates.bytes("ca.pem")
          for http in [UpstreamSettings.Protocols.http2, .agreed] {
            let tls = try UpstreamTLS(authorities: authorities, identity: identity, http: http)
            let settings = UpstreamSettings(ports: [port], tls: tls) { $0.endpoints[0].serverName = "nghttpd.example" }
            let messenger = Messenger(settings, on: loop)
            #expect(await eventuallyAnswers(messenger, "/small").text == "small\n")
            #expect(await messenger.call(.init("/big")).text == big)
            let body = Array(big.utf8)
            #expect(await messenger.call(.init("POST", "/echo", body: body)).text == big)
          }
          // nghttpd speaks nothing else.
          let old = try UpstreamTLS(authorities: authorities, checksHost: false, http: .http1)
          let fault = await Messenger(UpstreamSettings(ports: [port], tls: old), on: loop).call(.init("/small")).fault
          #expect(fault != nil)
        }
      }
    }

    /// The certificate is another host's, or from somebody unknown: nothing is sent.
    @Test func strangersAreNotTrusted() async throws {
      try await withFiles { certificates, _ in
        try await certificates.selfSigned("stranger", subject: "/CN=Stranger")
        let port = try freePort()
        let server = try Companion(
          "nghttpd -d \(certificates.folder) \(port) \(certificates.path("server.key")) \(certificates.path("server.pem"))"
        )
        defer { server.end() }
        try await withLoop { loop in
          let other = UpstreamFault(.tls("the certificate is made out for another host"), sent: .no)
          let unknown = UpstreamFault(.tls("certificate verify failed"), sent: .no)
          let wanted: [(authority: String, checksHost: Bool, name: String?, fault: UpstreamFault?)] = [
            ("ca.pem", true, "nghttpd.example", nil), ("ca.pem", false, "other.example", nil),
            ("ca.pem", true, "other.example", other), ("ca.pem", true, nil, other),
            ("stranger.pem", true, "nghttpd.example", unknown),
          ]
          for (authority, checksHost, name, fault) in wanted {
            let tls = try UpstreamTLS(authorities: certificates.bytes(authority), checksHost: checksHost)
            let settings = UpstreamSettings(ports: [port], tls: tls) { $0.endpoints[0].serverName = name }
            let result = await eventuallyAnswers(Messenger(settings, on: loop), "/small")
            #expect(result.fault == fault, "\(authority) \(name ?? "-")")
          }
        }
      }
    }

    @Test func pythonsServer() async throws {
      try await withFiles { certificates, big in
        let server = try Companion(
          "python3 -u -m http.server --bind 127.0.0.1 --directory \(certificates.folder) \(try freePort())")
        defer { server.end() }
        let port = Int(try await server.line(holding: "http://127.0.0.1:").prefix { $0.isNumber }) ?? 0
        try await withLoop { loop in
          for http in [UpstreamSettings.Protocols.http1, .agreed] {
            let messenger = Messenger(UpstreamSettings(ports: [port], http: http), on: loop)
            #expect(await messenger.call(.init("/small")).text == "small\n")
            #expect(await messenger.call(.init("/big")).text == big)
            #expect(await messenger.call(.init("HEAD", "/big")).status == 200)
            #expect(await messenger.call(.init("POST", "/small", body: Array("x".utf8))).status == 501)
          }
          // It takes the preface for a request.
          let wrong = await Messenger(UpstreamSettings(ports: [port], http: .http2), on: loop).call(.init("/small"))
          let ends = [UpstreamFault(.nonsense("no HTTP/2"), sent: .maybe), UpstreamFault(.reset, sent: .maybe)]
          #expect(wrong.fault.map(ends.contains) == true, "\(wrong)")
        }
      }
    }

    /// HTTP/1.0 over TLS, whose end is the connection's; an end without TLS's own word for it is none.
    @Test func opensslsServer() async throws {
      try await withFiles { certificates, big in
        let port = try freePort()
        let files = "-cert \(certificates.path("server.pem")) -key \(certificates.path("server.key"))"
        let server = try Companion(
          "sh -c 'cd \(certificates.folder) && exec openssl s_server -accept \(port) -WWW \(files)'")
        defer { server.end() }
        _ = try await server.line(holding: "ACCEPT")
        try await withLoop { loop in
          let tls = try UpstreamTLS(authorities: certificates.bytes("ca.pem"))
          let settings = UpstreamSettings(ports: [port], tls: tls) { $0.endpoints[0].serverName = "nghttpd.example" }
          let messenger = Messenger(settings, on: loop)
          #expect(await eventuallyAnswers(messenger, "/small").text == "small\n")
          #expect(await messenger.call(.init("/big")).text == big)
        }
      }
    }
  }
}
