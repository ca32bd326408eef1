import Credentials
import JobModel
import Policy
import Testing

@Suite("Who asks, and what may be lost") struct PrincipalTests {
  @Test("a secret is known by its fingerprint and never shown") func fingerprint() {
    let one = Principal.claimed(user: nil, secret: "Basic S0VZMTIz")
    // The first 6 bytes of SHA-256("Basic S0VZMTIz"), by `printf %s 'Basic S0VZMTIz' | sha256sum`.
    #expect(one.name == "key-44e2e8c89f87")
    #expect(one == Principal.claimed(user: "", secret: "Basic S0VZMTIz"))
    #expect(one != Principal.claimed(user: nil, secret: "Basic S0VZMTI0"))
    #expect(!one.name.contains("S0VZ"))
  }

  @Test("a named user is that user; nobody is anonymous") func names() {
    #expect(Principal.claimed(user: "rebecca", secret: "x").name == "rebecca")
    #expect(Principal.claimed(user: nil, secret: nil) == .anonymous)
    #expect(Principal.claimed(user: String(repeating: "x", count: 300), secret: nil) == .anonymous)
  }

  @Test("a binding loss is refused unless it is allowed by name") func losses() {
    let losses = [Loss("run.description", .dropped, because: ""), Loss("run.user", .refused, because: "")]
    #expect(LossPolicy().refusal(among: losses)?.field == "run.user")
    #expect(LossPolicy(allowing: ["run.user"]).refusal(among: losses) == nil)
    #expect(LossPolicy().refusal(among: [losses[0]]) == nil)
  }
}

@Suite("Faults of callers") struct CredentialFaultTests {
  @Test("are spelt as the hub spells its faults") func spelling() {
    for kind in CredentialFault.Kind.allCases {
      #expect(Fault.Kind(rawValue: kind.rawValue) != nil, "\(kind)")
    }
  }
}
