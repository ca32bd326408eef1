import Testing
import Transport

extension OverSockets {
  /// Against stubs of the platforms, which share nothing with this program.
  @Suite struct MisbehaviourTests {
    private static let submit = #"{"command":"chef-client","nodes":["DONKEY"]}"#
    private static let jobs = "/organizations/acme/pushy/jobs"

    private func submit(_ messenger: Messenger) async -> Result<Messenger.Answer, UpstreamFault> {
      await messenger.call(
        Messenger.Request(
          "POST", Self.jobs, headers: [("content-type", "application/json")], body: Array(Self.submit.utf8)))
    }

    /// What each way to misbehave has to end in; nil for an answer.
    private static let ends: [(mode: String, kind: UpstreamFault.Kind?, does: Bool)] = [
      (#""mode":"mute""#, .timeout(.firstByte), false),
      (#""mode":"close-on-head""#, .reset, false), (#""mode":"close-on-body""#, .reset, false),
      (#""mode":"close-on-body","reset":1"#, .reset, false), (#""mode":"close-after-work""#, .reset, true),
      (#""mode":"close-after-work","reset":1"#, .reset, true), (#""mode":"half-head""#, .reset, true),
      (#""mode":"half""#, .reset, true), (#""mode":"half","reset":1"#, .reset, true),
      (#""mode":"half-mute""#, .timeout(.progress), true), (#""mode":"late","seconds":3"#, .timeout(.firstByte), true),
      (#""mode":"garbage-head""#, .nonsense(""), true), (#""mode":"bad-chunk""#, .nonsense(""), true),
      (#""mode":"two-lengths""#, .nonsense(""), true), (#""mode":"huge""#, .tooLarge, true),
      (#""mode":"endless-head""#, .tooLarge, true), (#""mode":"garbage""#, nil, true),
      (#""mode":"wrong-type""#, nil, true), (#""mode":"truncated""#, nil, true), (#""mode":"drip""#, nil, true),
      (#""mode":"http10""#, nil, true), (#""mode":"chunked""#, nil, true), (#""mode":"interim""#, nil, true),
      (#""mode":"hang-up""#, nil, true), (#""mode":"error""#, nil, false), (#""mode":"late","seconds":0.1"#, nil, true),
    ]

    private func endsWell(_ platform: Platform, _ settings: UpstreamSettings) async throws {
      var settings = settings
      settings.hurry()
      settings.times.idle = .seconds(1)
      try await withLoop { [settings] loop in
        let messenger = Messenger(settings, on: loop)
        #expect(await submit(messenger).status == 201)
        let before = residentKilobytes()
        for (mode, kind, does) in Self.ends {
          let done = await platform.state("submits")
          await platform.control("fault", "{\(mode)}")
          let result = await submit(messenger)
          await platform.control("heal")
          switch (kind, result.fault?.kind) {
          case (nil, nil): #expect(result.status == (does ? 201 : 500), "\(mode)")
          case (.nonsense, .nonsense): break
          default: #expect(result.fault?.kind == kind, "\(mode): \(result)")
          }
          if let fault = result.fault { #expect(fault.sent == .maybe, "\(mode)") }
          let now = await platform.state("submits")
          #expect(now - done == (does ? 1 : 0), "\(mode)")
          // Whatever happened, the next call is answered; a connection out of step would show here.
          let next = await messenger.call(Messenger.Request("GET", Self.jobs))
          #expect(next.status == 200 && next.text.hasPrefix("["), "after \(mode): \(next)")
        }
        #expect(residentKilobytes() - before < 40_000)
        // Nobody calls any more: what is not kept by mistake goes.
        var counters = await messenger.counters()
        for _ in 0..<500 where counters.connections > 0 {
          try await Task.sleep(for: .milliseconds(20))
          counters = await messenger.counters()
        }
        #expect(counters.underWay == 0 && counters.waiting == 0 && counters.connections == 0)
      }
    }

    @Test func everyModeEndsInTheRightFault() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await endsWell(platform, UpstreamSettings(ports: [platform.port]))
      }
    }

    @Test func everyModeEndsInTheRightFaultOverTLS() async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("server", subject: "/CN=server", hosts: ["platform.example"])
        try await certificates.issue("client", subject: "/CN=client")
        let tls = try UpstreamTLS(
          authorities: certificates.bytes("ca.pem"), identity: certificates.identity("client"))
        let options =
          "--platform pushy --tls \(certificates.path("server.pem")) \(certificates.path("server.key")) "
          + "--client-ca \(certificates.authority)"
        try await withPlatform(options) { platform in
          try await endsWell(
            platform,
            UpstreamSettings(ports: [platform.port], tls: tls) { $0.endpoints[0].serverName = "platform.example" })
        }
      }
    }

    /// Connections are accepted by the system and nobody reads; with TLS nothing can have been sent then.
    @Test(arguments: [false, true]) func nobodyListens(hasTLS: Bool) async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("server", subject: "/CN=server", hosts: ["127.0.0.1"])
        let tls = try UpstreamTLS(authorities: certificates.bytes("ca.pem"), checksHost: false)
        let options = "--tls \(certificates.path("server.pem")) \(certificates.path("server.key"))"
        try await withPlatform("--platform pushy --fail deaf \(hasTLS ? options : "")") { platform in
          try await withLoop { loop in
            let settings = UpstreamSettings(ports: [platform.port], tls: hasTLS ? tls : nil) {
              $0.times.connect = .milliseconds(500)
              $0.hurry()
            }
            let fault = await submit(Messenger(settings, on: loop)).fault
            let wanted =
              hasTLS ? UpstreamFault(.timeout(.connect), sent: .no) : UpstreamFault(.timeout(.firstByte), sent: .maybe)
            #expect(fault == wanted)
          }
        }
      }
    }

    /// The server wants a certificate, and we have none.
    @Test func whoShowsNothingIsRefused() async throws {
      try await Certificates.with { certificates in
        try await certificates.issue("server", subject: "/CN=server", hosts: ["platform.example"])
        let tls = try UpstreamTLS(authorities: certificates.bytes("ca.pem"), checksHost: false)
        let files = "\(certificates.path("server.pem")) \(certificates.path("server.key"))"
        try await withPlatform("--platform pushy --tls \(files) --client-ca \(certificates.authority)") { platform in
          try await withLoop { loop in
            let fault = await submit(Messenger(UpstreamSettings(ports: [platform.port], tls: tls), on: loop)).fault
            if case .tls = fault?.kind {} else { Issue.record("\(String(describing: fault))") }
            #expect(await platform.state("submits") == 0)
          }
        }
      }
    }

    @Test func nothingIsSentWhereNobodyListens() async throws {
      try await withLoop { loop in
        let messenger = Messenger(UpstreamSettings(ports: [try freePort()]), on: loop)
        #expect(await submit(messenger).fault == UpstreamFault(.refused, sent: .no))
        let unknown = UpstreamSettings(endpoints: [.init(host: "no-such-host.invalid", port: 80)])
        #expect(await submit(Messenger(unknown, on: loop)).fault == UpstreamFault(.unreachable, sent: .no))
        #expect(
          await submit(Messenger(UpstreamSettings(endpoints: []), on: loop)).fault
            == UpstreamFault(.unreachable, sent: .no))
      }
    }

    /// The other endpoint does it, once.
    @Test func whatWasNotSentIsTriedElsewhere() async throws {
      try await withPlatform("--platform pushy") { platform in
        try await withLoop { loop in
          let settings = UpstreamSettings(ports: [try freePort(), platform.port]) { $0.ejection.failures = 3 }
          let messenger = Messenger(settings, on: loop)
          for _ in 0..<20 { #expect(await submit(messenger).status == 201) }
          #expect(await platform.state("submits") == 20)
          let counters = await messenger.counters()
          #expect(counters.retries == 3 && counters.ejections == 1 && counters.resting == 1)
        }
      }
    }

    /// Two endpoints that hear the call and then break: the call is heard once.
    @Test func whatMayHaveBeenHeardIsNotRepeated() async throws {
      try await withPlatform("--platform pushy --fail close-after-work,method=POST") { first in
        try await withPlatform("--platform pushy --fail close-after-work,method=POST") { second in
          try await withLoop { loop in
            let messenger = Messenger(UpstreamSettings(ports: [first.port, second.port]), on: loop)
            for count in 1...4 {
              #expect(await submit(messenger).fault == UpstreamFault(.reset, sent: .maybe))
              let heard = await first.state("submits") + second.state("submits")
              #expect(heard == count)
            }
          }
        }
      }
    }
  }
}
