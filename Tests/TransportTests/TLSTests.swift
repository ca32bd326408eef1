import Testing
import Transport

extension OverSockets {
  /// Judged by curl, openssl and nghttp2, which have another TLS inside.
  @Suite struct TLSTests {
    @Test func curlSpeaksBothProtocols() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          for (option, version) in [
            ("--http2", "2"), ("--http1.1", "1.1"), ("--no-alpn", "1.1"), ("--http1.0", "1.1"),
            ("--http2-prior-knowledge", "2"), ("--tls-max 1.2 --http2", "2"), ("--tlsv1.3 --http2", "2"),
          ] {
            let answer = await curl(test, certificates, "\(option) -w '|%{http_version} %{http_code}'", "/describe?a=b")
            #expect(answer.output.hasSuffix("|\(version) 200"), "\(option): \(answer.output)")
            #expect(answer.output.contains("secure name=- of=-"))
          }
          let refused = await curl(test, certificates, "--tls-max 1.1 --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0", "/")
          #expect(refused.status != 0)
          for _ in 0..<200 where test.server.counters.handshakesFailed < 1 {
            try await Task.sleep(for: .milliseconds(20))
          }
          let counters = test.server.counters
          #expect(counters.handshakes == 7 && counters.handshakesFailed == 1)
          #expect(counters.http2Connections == 4 && counters.http1Connections == 3)
          #expect(counters.requests == 7 && counters.http2Requests == 4)
          #expect(counters.bytesIn > 7 * 300 && counters.bytesOut > 7 * 500)
        }
      }
    }

    @Test func bodiesPassWhole() async throws {
      try await withIdentity { certificates, terms in
        try await withServer({ $0.bodyBytes = 4_000_000 }, tls: terms) { test in
          let file = certificates.path("body")
          _ = await run("sh -c 'head -c 3000000 /dev/urandom > \(file)'")
          for option in ["--http1.1", "--http2", "--http1.1 -H 'Transfer-Encoding: chunked'"] {
            let upload = "\(option) --data-binary @\(file) -o \(file).back"
            #expect(await curl(test, certificates, upload, "/echo").status == 0)
            #expect(await run("cmp \(file) \(file).back").output == "", "\(option)")
            let version = option.prefix { $0 != " " }
            let download = await curl(test, certificates, "\(version) -o /dev/null -w %{size_download}", "/big?5000000")
            #expect(download.output == "5000000", "\(option)")
          }
        }
      }
    }

    @Test func oldVersionsAreRefused() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          for version in ["-tls1", "-tls1_1"] {
            let refused = await client(test, certificates, "\(version) -cipher DEFAULT@SECLEVEL=0")
            #expect(refused.contains("alert protocol version"), "\(refused)")
          }
          #expect(await client(test, certificates, "-tls1_2").contains("New, TLSv1.2, Cipher is ECDHE-ECDSA-AES"))
          #expect(await client(test, certificates, "-tls1_3").contains("New, TLSv1.3, Cipher is TLS_"))
          // What HTTP/2 forbids is not on offer to anybody.
          let weak = await client(test, certificates, "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA")
          #expect(weak.contains("handshake failure"), "\(weak)")
        }
        var settings = TLSSettings(identities: [certificates.identity("server")])
        settings.oldest = .tls13
        try await withServer(tls: TLSTerms(settings)) { test in
          #expect(await client(test, certificates, "-tls1_2").contains("alert protocol version"))
        }
      }
    }

    @Test func protocolsAreAgreedOn() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          for (offer, agreed) in [
            ("h2,http/1.1", "ALPN protocol: h2"), ("http/1.1,h2", "ALPN protocol: h2"),
            ("http/1.1", "ALPN protocol: http/1.1"), ("http/0.9", "No ALPN negotiated"),
          ] {
            #expect(await client(test, certificates, "-alpn \(offer)").contains(agreed), "\(offer)")
          }
          // Who has agreed on one protocol and speaks the other is told in the agreed one.
          let wrong = await client(
            test, certificates, "-quiet -alpn h2", says: "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
          #expect(!wrong.contains("HTTP/1.1"))
          let other = await client(
            test, certificates, "-quiet -alpn http/1.1", says: "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")
          #expect(other.contains("HTTP/1.1 505"), "\(other)")
        }
      }
    }

    @Test func nghttp2IsServed() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(loops: 2, tls: terms) { test in
          let get = await run("nghttp -v https://127.0.0.1:\(test.port)/describe")
          #expect(get.output.contains("The negotiated protocol: h2") && get.output.contains(":status: 200"))
          for arguments in ["-c 10 -m 10", "-c 20 --h1"] {
            let load = await run("h2load -n 2000 \(arguments) https://127.0.0.1:\(test.port)/big?3000")
            #expect(load.output.contains("2000 succeeded, 0 failed, 0 errored"), "\(load.output)")
          }
          #expect(test.server.counters.violations == 0 && test.server.counters.handshakesFailed == 0)
          try await eventually { test.server.counters.connections == 0 }
        }
      }
    }

    @Test func sessionsAreResumed() async throws {
      try await withIdentity { certificates, terms in
        try await withServer(tls: terms) { test in
          let first = await client(test, certificates, "-tls1_2 -sess_out \(certificates.path("session"))")
          #expect(first.contains("New, TLSv1.2"))
          let second = await client(test, certificates, "-tls1_2 -sess_in \(certificates.path("session"))")
          #expect(second.contains("Reused, TLSv1.2"))
        }
      }
    }
  }
}

/// Runs `body` with an identity `server` for localhost and 127.0.0.1, and terms for it.
func withIdentity(_ body: (Certificates, TLSTerms) async throws -> Void) async throws {
  try await Certificates.with { certificates in
    try await certificates.issue("server", subject: "/CN=localhost", hosts: ["localhost"])
    try await body(certificates, TLSTerms(TLSSettings(identities: [certificates.identity("server")])))
  }
}

/// What curl says; it trusts the test's authority.
func curl(
  _ test: TestServer, _ certificates: Certificates, _ options: String, _ target: String
) async -> (output: String, status: Int32) {
  await run("curl -sS --cacert \(certificates.authority) \(options) 'https://localhost:\(test.port)\(target)' -4")
}

/// What `openssl s_client` says of the connection; it says `says` and waits for the answer's end.
func client(
  _ test: TestServer, _ certificates: Certificates, _ options: String, says: String? = nil
) async -> String {
  let input = says.map { "(printf '\($0)'; sleep 1)" } ?? "printf ''"
  let command = "openssl s_client -CAfile \(certificates.authority) -connect 127.0.0.1:\(test.port) \(options)"
  return await run("sh -c \"\(input) | \(command)\"").output
}

/// Waits for what is going to happen, long enough for a machine that is busy with other things.
func eventually(_ condition: @Sendable () -> Bool) async throws {
  for _ in 0..<2000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
  #expect(condition())
}
