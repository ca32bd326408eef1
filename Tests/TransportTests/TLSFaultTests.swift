import Testing
import Transport

extension OverSockets {
  @Suite struct TLSFaultTests {
    @Test func whatCannotBeUsedIsSaid() async throws {
      try await withIdentity { certificates, _ in
        try await certificates.issue("other", subject: "/CN=other", hosts: ["localhost"])
        try await certificates.openssl(
          "ec -in \(certificates.path("server.key")) -aes128 -passout pass:word -out \(certificates.path("locked.key"))"
        )
        let good = certificates.identity("server")
        func fault(_ change: (inout TLSSettings) -> Void) -> TLSFault? {
          var settings = TLSSettings(identities: [good])
          change(&settings)
          do throws(TLSFault) { _ = try TLSTerms(settings) } catch { return error }
          return nil
        }
        #expect(fault { _ in } == nil)
        #expect(fault { $0.identities = [] } == .noIdentity)
        for bad in [[], Array("nothing".utf8), Array("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8), good.key] {
          #expect(fault { $0.identities[0].chain = bad } == .unreadableChain("server"))
          #expect(fault { $0.clients = .required(authorities: bad) } == .unreadableAuthorities)
        }
        for bad in [[], Array("nothing".utf8), good.chain] {
          #expect(fault { $0.identities[0].key = bad } == .unreadableKey("server"))
        }
        #expect(fault { $0.identities[0].key = certificates.bytes("locked.key") } == .encryptedKey("server"))
        let foreign = TLSFault.foreignKey("server", subject: "CN=localhost")
        #expect(fault { $0.identities[0].key = certificates.bytes("other.key") } == foreign)
        #expect(foreign.description == "server: the key does not belong to the certificate of CN=localhost")
        for host in ["", "*", "a b", "*.*.c", "a..b", "https://a", "a/b"] {
          #expect(fault { $0.identities[0].hosts = [host] } == .badHost("server", host: host), "\(host)")
        }
        let second = certificates.identity("other", hosts: ["LOCALHOST."])
        #expect(fault { $0.identities.append(second) } == nil)
        let shared = fault {
          $0.identities[0].hosts = ["localhost"]
          $0.identities.append(second)
        }
        #expect(shared == .sharedHost("server", "other", host: "LOCALHOST."))
        var text = ""
        dump(good, to: &text)
        #expect(!"\(good) \(text)".contains("BEGIN") && "\(good)" == "server")
      }
    }

    @Test func datesAreSaid() async throws {
      try await withIdentity { certificates, terms in
        let dates = terms.certificates[0]
        #expect(dates.end - dates.begin == 2 * 86400 && terms.warnings(at: dates.begin) == [])
        let ended = terms.warnings(at: dates.end + 1)
        #expect(ended == [.expired("server", subject: "CN=localhost", end: dates.end)])
        #expect(
          TLSWarning.expired("a", subject: "CN=b", end: 1_000_000_000).description
            == "a: the certificate of CN=b ended 2001-09-09 01:46:40 UTC")
        #expect(terms.warnings(at: 0) == [.early("server", subject: "CN=localhost", begin: dates.begin)])
        // It is the operator's to decide: the server serves with it.
        try await certificates.ended("old", subject: "/CN=localhost", key: "server")
        var identity = certificates.identity("server")
        identity.chain = certificates.bytes("old.pem")
        let old = try TLSTerms(TLSSettings(identities: [identity]))
        #expect(old.warnings(at: dates.begin + 60).count == 1)
        try await withServer(tls: old) { test in
          #expect(await curl(test, certificates, "-k", "/x").output == "answer to /x")
        }
      }
    }

    @Test func plainHTTPIsTold() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          let answer = await run("curl -sS -w %{http_code} http://127.0.0.1:\(test.port)/")
          #expect(answer.output == "this port speaks TLS: use https\n400")
          let posted = await run(
            "sh -c 'head -c 200000 /dev/zero | curl -sS -w %{http_code} --data-binary @- http://127.0.0.1:\(test.port)/'"
          )
          #expect(posted.output.hasSuffix("https\n400"), "\(posted.output)")
          let garbage = try RawClient(port: test.port)
          try await garbage.send([0, 1, 2, 3])
          #expect(await garbage.isEnded())
          let silent = try RawClient(port: test.port)
          silent.shut()
          try await eventually { test.server.counters.connections == 0 }
          #expect(test.server.counters.violations == 3 && test.server.counters.handshakesFailed == 0)
          #expect(await curl(test, certificates, "", "/x").output == "answer to /x")
        }
      }
    }

    @Test func handshakesHaveTheirTime() async throws {
      try await withIdentity { certificates, terms in
        try await withServer({ $0.timeToFirstByte = .milliseconds(300) }, tls: terms) { test in
          let silent = try RawClient(port: test.port)
          let slow = try RawClient(port: test.port)
          try await slow.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
          #expect(await silent.isEnded(within: 3000))
          #expect(await slow.isEnded(within: 3000))
          let shaken = await client(test, certificates, "-quiet", says: "")
          #expect(!shaken.contains("HTTP"))
          try await eventually { test.server.counters.connections == 0 }
          #expect(test.server.counters.timeouts == 3)
          #expect(test.server.counters.handshakesFailed == 1 && test.server.counters.handshakes == 1)
        }
      }
    }

    /// What is thrown at the handshake ends the connection, and leaves nothing behind.
    @Test func brokenHandshakesLeaveNothing() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          let hello = try await recordedHello()
          var generator = SystemRandomNumberGenerator()
          func attack(_ count: Int) async throws {
            for index in 0..<count {
              var bytes = hello
              switch index % 4 {
              case 0: bytes = Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &generator)))
              case 1:
                bytes[Int.random(in: 1..<bytes.count, using: &generator)] ^= UInt8.random(
                  in: 1...255, using: &generator)
              case 2: bytes = [22] + (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) }
              default: bytes += (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
              }
              let client = try RawClient(port: test.port)
              try await client.send(bytes)
              if index % 3 == 0 { client.abort() } else { client.endOutput() }
              if index % 3 == 1 { _ = await client.isEnded(within: 2000) }
            }
          }
          try await attack(400)
          try await eventually { test.server.counters.connections == 0 }
          let before = residentKilobytes()
          try await attack(2000)
          try await eventually { test.server.counters.connections == 0 }
          #expect(residentKilobytes() - before < 8 * 1024)
          #expect(test.server.counters.handshakes == 0 && test.server.counters.handshakesFailed > 2000)
          #expect(await curl(test, certificates, "", "/x").output == "answer to /x")
        }
      }
    }

    /// A real client's first message, taken from the wire.
    private func recordedHello() async throws -> [UInt8] {
      let listener = try RawListener()
      async let client = run("sh -c 'openssl s_client -connect 127.0.0.1:\(listener.port) </dev/null'")
      let bytes = await listener.firstBytes()
      _ = await client
      return bytes
    }

    @Test func endsAreMarked() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          // An end without TLS's own word would be an error to openssl: "unexpected eof while reading".
          let ask = "GET /x HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
          for version in ["-tls1_2", "-tls1_3"] {
            let said = await client(test, certificates, "\(version) -quiet", says: ask)
            #expect(said.contains("answer to /x") && !said.contains("unexpected eof"), "\(said)")
            let bad = await client(test, certificates, "\(version) -quiet", says: "BAD\\r\\n\\r\\n")
            #expect(bad.contains("HTTP/1.1 400") && !bad.contains("unexpected eof"), "\(bad)")
          }
          try await eventually { test.server.counters.connections == 0 }
        }
      }
    }
  }
}
