import Testing

@testable import Credentials

@Suite("What a signed caller hears, and in which order") struct SignedOrderTests {
  let gatekeeper: Gatekeeper
  let good = Vectors.cases[1].asked

  init() throws { gatekeeper = try Vectors.gatekeeper() }

  private func said(_ asked: Asked, account: String? = "acme") -> String? {
    gatekeeper.fault(asked, account: account, at: Vectors.now)?.text
  }

  @Test("missing and empty headers are named, in the platform's order") func missing() {
    #expect(
      said(good.with("x-ops-userid", nil).with("x-ops-sign", ""))
        == "missing required authentication header(s) 'X-Ops-UserId', 'X-Ops-Sign'")
    #expect(
      said(Asked())
        == "missing required authentication header(s) 'X-Ops-UserId', 'X-Ops-Timestamp', 'X-Ops-Sign', 'X-Ops-Content-Hash'"
    )
    let fault = gatekeeper.fault(good.with("x-ops-content-hash", nil), at: Vectors.now)
    #expect(fault?.kind == .noCredential)
    #expect(fault?.text == "missing required authentication header(s) 'X-Ops-Content-Hash'")
  }

  @Test("headers, then the time, then the version, then who, then the signature") func order() throws {
    let wrong = good.with("x-ops-timestamp", "xxx").with("x-ops-sign", "version=8.1").with("x-ops-userid", "nobody")
    #expect(
      said(wrong.with("x-ops-content-hash", "")) == "missing required authentication header(s) 'X-Ops-Content-Hash'")
    #expect(said(wrong) == "bad header(s) 'X-Ops-Timestamp'")
    let timely = wrong.with("x-ops-timestamp", "2026-11-22T10:15:30Z")
    #expect(said(timely) == "Unsupported authentication protocol version")
    let known = timely.with("x-ops-sign", "version=1.1")
    #expect(said(known, account: "nowhere") == "organization 'nowhere' does not exist.")
    #expect(
      said(known)
        == "Failed to authenticate as 'nobody'. Ensure that your node_name and client key are correct.")
    #expect(
      said(good.with("x-ops-authorization-3", nil)) == "Invalid signature for user or client 'gateway-tester'")
  }

  @Test("each answer has its kind, and only proof that failed brings a challenge") func kinds() throws {
    let kinds: [(Asked, String?, CredentialFault.Kind, Bool)] = [
      (good.with("x-ops-sign", "garbage"), "acme", .noCredential, true),
      (good.with("x-ops-timestamp", "2026-11-22 10:15:30"), "acme", .badCredential, false),
      (good.with("x-ops-timestamp", "2026-11-22T11:15:30Z"), "acme", .badCredential, false),
      (good, "nowhere", .unknownAccount, true),
      (good.with("x-ops-userid", "nobody"), "acme", .badCredential, true),
      (good.with("x-ops-content-hash", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="), "acme", .badCredential, true),
    ]
    for (asked, account, kind, challenges) in kinds {
      let fault = gatekeeper.fault(asked, account: account, at: Vectors.now)
      #expect(fault?.kind == kind)
      if kind == .badCredential { #expect(fault?.challenges == challenges) }
    }
  }

  @Test("a clock may be wrong by less than 900 seconds, both ways") func skew() {
    for (seconds, fine) in [(-900, false), (-899, true), (0, true), (899, true), (900, false)] {
      let fault = gatekeeper.fault(good, at: Vectors.now + Int64(seconds) * 1000)
      #expect((fault == nil) == fine, "\(seconds)")
    }
    // The platform counts whole seconds.
    #expect(gatekeeper.fault(good, at: Vectors.now + 899_999) == nil)
    #expect(gatekeeper.fault(good, at: Vectors.now - 899_001) != nil)
  }

  @Test("of several keys any will do; a person and a program may share a name") func keys() throws {
    let right = try PublicKey(pem: Vectors.publicKey)
    let other = try PublicKey(pem: Vectors.read("keys/rsa-public.pem"))
    var person = Identity(Vectors.user)
    var program = Identity(Vectors.user, kind: .client)
    (person.accounts, program.accounts) = (["acme"], ["acme"])
    person.keys = [other]
    program.keys = [other, right]
    let door = Gatekeeper(try Directory([person, program]), tokens: IssuedTokens(), replays: ReplayMemory())
    #expect(try door.who(good, account: "acme", at: Vectors.now).principal.kind == .client)
    // Who is not of the organization is not asked for a signature.
    program.accounts = ["beta"]
    let apart = Gatekeeper(try Directory([person, program]), tokens: IssuedTokens(), replays: ReplayMemory())
    #expect(
      apart.fault(good, account: "acme", at: Vectors.now)?.text
        == "Invalid signature for user or client 'gateway-tester'")
    person.accounts = []
    let none = Gatekeeper(
      try Directory([person, program], accounts: ["acme"]), tokens: IssuedTokens(), replays: ReplayMemory())
    let fault = none.fault(good, account: "acme", at: Vectors.now)
    #expect(fault == CredentialFault(.forbidden, "'gateway-tester' is not associated with organization 'acme'"))
  }

  @Test("a name that only looks alike is another") func names() throws {
    var member = Identity("caf\u{E9}")
    member.keys = [try PublicKey(pem: Vectors.publicKey)]
    let directory = try Directory([member])
    #expect(directory.named("caf\u{E9}").count == 1)
    #expect(directory.named("cafe\u{301}").isEmpty)
  }

  @Test("a revoked signer is turned away") func revoked() throws {
    var member = Identity(Vectors.user)
    member.keys = [try PublicKey(pem: Vectors.publicKey)]
    member.isRevoked = true
    let door = Gatekeeper(try Directory([member]), tokens: IssuedTokens(), replays: ReplayMemory())
    #expect(door.fault(good, at: Vectors.now)?.kind == .badCredential)
  }
}
