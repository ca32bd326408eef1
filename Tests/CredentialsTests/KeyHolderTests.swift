import Testing

@testable import Credentials

@Suite("API keys and bearer tokens") struct KeyHolderTests {
  let now = Office.now

  @Test("the key with its colon and without, as clients really send it") func basic() throws {
    let door = try Office().door
    for header in ["Basic S0VZMTIz", "Basic S0VZMTIzOg==", "basic  S0VZMTIz", "BASIC S0VZMTIzOg=="] {
      let caller = try door.who(Asked("GET", "/", [("Authorization", header)]), .basicKey, account: "acme", at: now)
      #expect(caller.principal == Principal("rebecca", kind: .user), "\(header)")
    }
  }

  @Test("anything else is no key") func refused() throws {
    let door = try Office().door
    #expect(door.fault(Asked(), .basicKey, at: now) == CredentialFault(.noCredential, "An API key is required."))
    for header in [
      "Basic", "Basic ", "Basic S0VZMTI0", "Basic S0VZMTIzOng=", "Basic S0VZMTIzOjo=", "Basic Og==", "Basic S0VZMTIz=",
      "Basic S0VZ MTIz", "Bearer S0VZMTIz", "BasicS0VZMTIz", "S0VZMTIz", "Basic KEY123", "Basic OktFWTEyMw==",
      "Basic " + String(repeating: "QUFB", count: 5000),
    ] {
      let fault = door.fault(Asked("GET", "/", [("Authorization", header)]), .basicKey, at: now)
      #expect(fault == CredentialFault(.badCredential, "The API key is not valid."), "\(header)")
    }
    let revoked = try Office { $0.isRevoked = true }
    #expect(revoked.door.fault(Asked("GET", "/", [("Authorization", "Basic S0VZMTIz")]), .basicKey, at: now) != nil)
  }

  @Test("a key opens the accounts of its holder; others are not told apart from none") func accounts() throws {
    let asked = Asked("GET", "/", [("Authorization", "Basic S0VZMTIz")])
    let door = try Office().door
    #expect(door.fault(asked, .basicKey, account: "acme", at: now) == nil)
    #expect(
      door.fault(asked, .basicKey, account: "beta", at: now)
        == CredentialFault(.forbidden, "'rebecca' has no access to the account 'beta'."))
    #expect(door.fault(asked, .basicKey, account: "nowhere", at: now)?.kind == .forbidden)
    let everywhere = try Office { $0.accounts = ["*"] }
    #expect(everywhere.door.fault(asked, .basicKey, account: "beta", at: now) == nil)
  }

  @Test("bearer tokens, of the configuration and issued") func bearer() throws {
    let office = try Office()
    let issued = try office.logIn(#"{"login":"rebecca","password":"correct horse"}"#).token
    for header in ["Bearer " + Office.token, "bearer " + issued] {
      #expect(
        try office.door.who(Asked("GET", "/", [("Authorization", header)]), .bearer, at: now).principal.name
          == "rebecca")
    }
    #expect(office.door.fault(Asked(), .bearer, at: now)?.kind == .noCredential)
    for header in ["Bearer", "Bearer ", "Bearer x", "Basic S0VZMTIz", "Bearer " + Office.apiKey] {
      let fault = office.door.fault(Asked("GET", "/", [("Authorization", header)]), .bearer, at: now)
      #expect(fault?.kind == .badCredential)
      #expect(fault?.word == nil)
    }
  }

  @Test("where nothing is asked a caller is whom they claim to be") func open() throws {
    let door = try Office().door
    let caller = try door.who(Asked("GET", "/", [("X-Ops-UserId", "anybody")]), .open, account: "nowhere", at: now)
    #expect(caller.principal == Principal("anybody", kind: .unverified))
    #expect(throws: Never.self) { try door.permit(caller, Deed(.submit, dialect: "pushy", account: "nowhere")) }
  }

  @Test("two holders of one secret, or one name twice, are a mistake") func shared() throws {
    let key = try SecretDigest(line: Office.line("one key for all of us"))
    var (one, two) = (Identity("one"), Identity("two"))
    (one.apiKeys, two.apiKeys) = ([key], [key])
    #expect(throws: SetupFault.sharedSecret("one", "two")) { try Directory([one, two]) }
    #expect(throws: SetupFault.repeatedName("one")) { try Directory([one, one]) }
    #expect(throws: Never.self) { try Directory([Identity("one"), Identity("one", kind: .client)]) }
    #expect(throws: SetupFault.badName) { try Directory([Identity("")]) }
    #expect(throws: SetupFault.badName) { try Directory([Identity("a\nb")]) }
    var group = Group("ops")
    group.users = ["nobody"]
    #expect(throws: SetupFault.unknownMember(group: "ops", name: "nobody")) { try Directory([one], groups: [group]) }
    #expect(throws: SetupFault.repeatedGroup("a")) { try Directory([], groups: [Group("a"), Group("a")]) }
  }
}
