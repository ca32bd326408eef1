import Testing
import Transport

extension OverSockets {
  @Suite struct TLSClientTests {
    @Test func certificatesAreChosenByName() async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("first", subject: "/CN=first", hosts: ["first.example"])
        try await certificates.issue("second", subject: "/CN=second", hosts: ["second.example", "*.second.example"])
        try await certificates.issue("third", subject: "/CN=third", hosts: ["other.example"])
        let terms = try TLSTerms(
          TLSSettings(identities: [
            certificates.identity("first"), certificates.identity("second"),
            certificates.identity("third", hosts: ["Third.Example", "deep.second.example"]),
          ]))
        #expect(
          terms.warnings(at: 0).contains(.uncovered("third", host: "Third.Example"))
            && terms.certificates.map(\.subject) == ["CN=first", "CN=second", "CN=third"])
        try await withServer(tls: terms) { test in
          for (name, subject) in [
            ("first.example", "first"), ("second.example", "second"), ("a.second.example", "second"),
            ("A.SECOND.example", "second"), ("a.b.second.example", "first"), ("deep.second.example", "third"),
            ("third.example", "third"), ("unknown.example", "first"), ("other.example", "first"),
          ] {
            for version in ["-tls1_2", "-tls1_3"] {
              let said = await client(test, certificates, "\(version) -servername \(name)")
              #expect(said.contains("subject=CN = \(subject)\n"), "\(name) \(version)")
            }
          }
          #expect(await client(test, certificates, "-noservername").contains("subject=CN = first\n"))
          let answer = await run(
            "curl -sS --cacert \(certificates.authority) --connect-to ::127.0.0.1:\(test.port) https://a.second.example/x"
          )
          #expect(answer.output == "answer to /x")
        }
      }
    }

    @Test func keysOfDifferentKindsMayBeMixed() async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("curve", subject: "/CN=curve", hosts: ["curve.example"])
        try await certificates.openssl(
          "req -x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=rsa.example -keyout \(certificates.path("rsa.key")) "
            + "-out \(certificates.path("rsa.pem"))")
        let terms = try TLSTerms(
          TLSSettings(identities: [certificates.identity("curve"), certificates.identity("rsa")]))
        try await withServer(tls: terms) { test in
          let said = await client(test, certificates, "-servername rsa.example")
          #expect(said.contains("Peer signature type: RSA-PSS"))
          #expect(await client(test, certificates, "").contains("Peer signature type: ECDSA"))
        }
      }
    }

    @Test func clientsMayHaveToShowCertificates() async throws {
      try await withIdentity { certificates, _ in
        try await certificates.issue("node", subject: "/O=Äther \\+ Co/OU=a/CN=node1, \\\"x\\\"")
        try await certificates.selfSigned("stranger", subject: "/CN=node1")
        let authorities = certificates.bytes("ca.pem")
        let wanted: [(TLSSettings.Clients, none: Bool, stranger: Bool)] = [
          (.off, true, true), (.optional(authorities: authorities), true, false),
          (.required(authorities: authorities), false, false),
        ]
        for (clients, none, stranger) in wanted {
          let settings = TLSSettings(identities: [certificates.identity("server")], clients: clients)
          try await withServer(tls: TLSTerms(settings)) { test in
            for version in ["--tls-max 1.2", "--tlsv1.3"] {
              let bare = await curl(test, certificates, version, "/describe")
              #expect((bare.status == 0) == none, "\(clients) \(bare.output)")
              let other = await curl(test, certificates, "\(version) \(shown("stranger", certificates))", "/describe")
              #expect((other.status == 0) == stranger, "\(clients) \(other.output)")
              let known = await curl(test, certificates, "\(version) \(shown("node", certificates))", "/describe")
              let name = "name=node1, \"x\" of=CN=node1\\, \\\"x\\\",OU=a,O=Äther \\+ Co"
              if case .off = clients {
                #expect(known.output.contains("name=- of=-"))
              } else {
                #expect(known.output.contains(name), "\(known.output)")
              }
            }
            try await eventually { test.server.counters.connections == 0 }
            let failed = (none ? 0 : 2) + (stranger ? 0 : 2)
            #expect(test.server.counters.handshakesFailed == failed, "\(clients)")
          }
        }
      }
    }

    /// The subject's text is openssl's own, and a session that is resumed still knows whose it is.
    @Test func namesSurviveResumption() async throws {
      try await withIdentity { certificates, _ in
        try await certificates.issue("node", subject: "/DC=org/DC=example/UID=7/emailAddress=a@b.c/CN=node 1")
        let text = await run("openssl x509 -in \(certificates.path("node.pem")) -noout -subject -nameopt RFC2253")
        let subject = text.output.dropFirst("subject=".count).split(separator: "\n").first.map(String.init) ?? "?"
        #expect(subject == "CN=node 1,emailAddress=a@b.c,UID=7,DC=example,DC=org")
        let clients = TLSSettings.Clients.required(authorities: certificates.bytes("ca.pem"))
        let settings = TLSSettings(identities: [certificates.identity("server")], clients: clients)
        try await withServer(tls: TLSTerms(settings)) { test in
          let shown = "-cert \(certificates.path("node.pem")) -key \(certificates.path("node.key"))"
          let session = certificates.path("session")
          let ask = "GET /describe HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
          let first = await client(test, certificates, "\(shown) -tls1_2 -sess_out \(session)", says: ask)
          let second = await client(test, certificates, "-tls1_2 -sess_in \(session)", says: ask)
          #expect(first.contains("New, TLSv1.2") && first.contains("of=\(subject)"))
          #expect(second.contains("Reused, TLSv1.2") && second.contains("of=\(subject)"), "\(second)")
        }
      }
    }

    private func shown(_ name: String, _ certificates: Certificates) -> String {
      "--cert \(certificates.path(name + ".pem")) --key \(certificates.path(name + ".key"))"
    }
  }
}
