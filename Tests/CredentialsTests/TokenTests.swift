import Testing

@testable import Credentials

@Suite("Tokens") struct TokenTests {
  let now = Office.now

  @Test("the header, then the query, then the certificate") func places() throws {
    let door = try Office().door
    let good = Asked("GET", "/x", [("X-Authentication", Office.token)])
    #expect(try door.who(good, .token, at: now).principal == Principal("rebecca", kind: .user))
    #expect(try door.who(Asked("GET", "/x?a=b&token=\(Office.token)"), .token, at: now).principal.name == "rebecca")
    let escaped = "/x?token=" + Office.token.replacing("w", with: "%77") + "%7Cno_keepalive"
    #expect(try door.who(Asked("GET", escaped), .token, at: now).principal.name == "rebecca")
    let certified = Asked()
    certified.certificateName = "rebecca.example.com"
    #expect(try door.who(certified, .token, at: now).principal.name == "rebecca")
    // The first that is there decides, even when it is wrong and the next would be right.
    let both = Asked("GET", "/x?token=\(Office.token)", [("X-Authentication", "wrong")])
    both.certificateName = "rebecca.example.com"
    #expect(door.fault(both, .token, at: now)?.word == "puppetlabs.rbac/invalid-token")
    #expect(try door.who(both.with("x-authentication", ""), .token, at: now).principal.name == "rebecca")
    certified.certificateName = "stranger.example.com"
    for nothing in [Asked(), certified, Asked("GET", "/?token="), Asked("GET", "/", [("Authorization", "Bearer x")])] {
      let fault = door.fault(nothing, .token, at: now)
      #expect(fault?.kind == .noCredential)
      #expect(fault?.text == "Route requires authentication")
      #expect(fault?.word == "puppetlabs.rbac/user-unauthenticated")
    }
  }

  @Test("a token in a header of its own is good for its holder's name only") func userAndToken() throws {
    let door = try Office().door
    let shown = Asked("GET", "/", [("X-SLURM-USER-TOKEN", Office.token)])
    #expect(try door.who(shown, .userAndToken, at: now).principal.name == "rebecca")
    #expect(
      try door.who(shown.with("x-slurm-user-name", "rebecca"), .userAndToken, at: now).principal.name == "rebecca")
    #expect(door.fault(shown.with("x-slurm-user-name", "other"), .userAndToken, at: now)?.kind == .badCredential)
    #expect(door.fault(shown.with("x-slurm-user-token", "wrong"), .userAndToken, at: now)?.kind == .badCredential)
    let named = Asked("GET", "/", [("X-SLURM-USER-NAME", "rebecca"), ("Authorization", "Bearer " + Office.token)])
    #expect(door.fault(named, .userAndToken, at: now)?.kind == .noCredential)
  }

  @Test("new rules hold for tokens that are made from then on") func adopted() throws {
    let office = try Office()
    let body = #"{"login":"rebecca","password":"correct horse"}"#
    let old = try office.logIn(body)
    var rules = IssuedTokens.Rules()
    rules.usualLifetime = 1000
    office.tokens.adopt(rules)
    #expect(try office.logIn(body).record.expires == now + 1000)
    #expect(office.word(old.token, at: now + 2000) == nil)
  }

  @Test("a suffix keeps a look from counting as a use") func keepAlive() throws {
    var rules = IssuedTokens.Rules()
    rules.idle = 60_000
    let office = try Office(rules: rules)
    let (token, _) = try office.logIn(#"{"login":"rebecca","password":"correct horse"}"#)
    #expect(office.word(token, at: now + 50_000) == nil)
    #expect(office.word(token + "|no_keepalive", at: now + 100_000) == nil)
    #expect(office.word(token, at: now + 110_000) == "puppetlabs.rbac/token-timed-out")
  }

  @Test("a token of 44 characters is issued to whoever knows the password") func issued() throws {
    let office = try Office()
    let (token, record) = try office.logIn(#"{"login":"rebecca","password":"correct horse","label":" cron "}"#)
    #expect(token.utf8.count == 44)
    #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    #expect(record.label == "cron")
    #expect(record.expires == now + 3_600_000)
    #expect(
      try office.door.who(Asked("GET", "/", [("X-Authentication", token)]), .token, at: now).principal.name == "rebecca"
    )
    #expect(office.word(token, at: now + 3_599_999) == nil)
    let fault = office.door.fault(Asked("GET", "/", [("x-authentication", token)]), .token, at: now + 3_600_000)
    #expect(
      fault == CredentialFault(.badCredential, "The provided token has expired.", word: "puppetlabs.rbac/token-expired")
    )
    // It is kept by its digest, and good after a restart.
    let later = Gatekeeper(
      office.directory, tokens: IssuedTokens(records: office.tokens.records), replays: ReplayMemory())
    #expect(later.fault(Asked("GET", "/", [("x-authentication", token)]), .token, at: now) == nil)
    #expect(try office.logIn(#"{"login":"rebecca","password":"correct horse"}"#).token != token)
  }

  @Test("a revoked token, and a revoked user, are called so") func revoked() throws {
    let office = try Office()
    let (token, record) = try office.logIn(#"{"login":"rebecca","password":"correct horse"}"#)
    let (second, _) = try office.logIn(#"{"login":"rebecca","password":"correct horse"}"#)
    #expect(office.tokens.revoke(token: token))
    #expect(office.word(token) == "puppetlabs.rbac/token-revoked")
    #expect(!office.tokens.revoke(token: "unknown"))
    #expect(office.word(second) == nil)
    #expect(office.tokens.revoke(login: "rebecca") == 1)
    #expect(office.word(second) == "puppetlabs.rbac/token-revoked")
    let gone = try Office { $0.isRevoked = true }
    #expect(gone.word(Office.token) == "puppetlabs.rbac/user-revoked")
    let certified = Asked()
    certified.certificateName = "rebecca.example.com"
    #expect(gone.door.fault(certified, .token, at: now)?.word == "puppetlabs.rbac/user-revoked")
    #expect(throws: Gatekeeper.revokedUser) { try gone.logIn(#"{"login":"rebecca","password":"correct horse"}"#) }
    // Somebody who is not in the directory any more has no tokens either.
    let stale = Gatekeeper(try Directory([]), tokens: IssuedTokens(records: [record]), replays: ReplayMemory())
    let fault = stale.fault(Asked("GET", "/", [("x-authentication", token)]), .token, at: now)
    #expect(fault?.word == "puppetlabs.rbac/invalid-token")
  }

  @Test("a wrong password, an unknown login and a login without a password sound the same") func wrong() throws {
    let office = try Office()
    for body in [
      #"{"login":"rebecca","password":"correct hors"}"#, #"{"login":"nobody","password":"correct horse"}"#,
      #"{"login":"other","password":""}"#, #"{"login":"rebecca","password":""}"#,
    ] {
      #expect(
        throws: CredentialFault(
          .badCredential, "The login or the password is not right.", word: "puppetlabs.rbac/user-unauthenticated")
      ) { try office.logIn(body) }
    }
  }

  @Test("a body that is none is refused, and its values are not repeated") func bodies() throws {
    for (body, says) in [
      ("", "not valid JSON"), ("{", "not valid JSON"), ("[]", "not a JSON object"),
      (#"{"password":"hunter2"}"#, "'login' is required"),
      (#"{"login":5,"password":"hunter2"}"#, "'login' is required"),
      (#"{"login":"a"}"#, "'password' is required"),
      (#"{"login":"a","password":"hunter2","lifetime":"1 h"}"#, "'lifetime' is a number"),
      (#"{"login":"a","password":"hunter2","lifetime":true}"#, "'lifetime' has to be"),
      (#"{"login":"a","password":"hunter2","label":"a,b"}"#, "'label' is 1 to 200"),
      (#"{"login":"a","password":"hunter2","label":" "}"#, "'label' is 1 to 200"),
      (#"{"login":"a","password":"hunter2","description":7}"#, "'description' has to be"),
    ] {
      do {
        _ = try Office.request(body)
        Issue.record("\(body) was taken")
      } catch {
        #expect(error.kind == .invalid)
        #expect(error.text.contains(says), "\(body)")
        #expect(!error.text.contains("hunter2"))
        #expect(error.word?.hasPrefix("puppetlabs.rbac/") == true)
      }
    }
  }

  @Test("lifetimes: a number and a unit, seconds, 0 for the longest") func lifetimes() throws {
    for (text, seconds): (String, Int64?) in [
      ("1h", 3600), ("30m", 1800), ("10y", 315_360_000), ("2d", 172_800), ("5s", 5), ("90", 90), ("0", 0), ("0h", 0),
      ("", nil), ("h", nil), ("1 h", nil), ("-1", nil), ("1.5", nil), ("1H", nil), ("1hh", nil), ("1e3", nil),
      ("+1", nil),
      ("٣", nil), ("9999999999999", nil),
    ] { #expect(Lifetime.milliseconds(text) == seconds.map { $0 * 1000 }, "\(text)") }
    #expect(Lifetime.milliseconds("999999999999y") == Int64.max)
    let office = try Office()
    for (lifetime, expires): (String, Int64) in [
      ("\"2h\"", 7_200_000), ("120", 120_000), ("null", 3_600_000), ("0", 315_360_000_000),
      ("\"99y\"", 315_360_000_000),
    ] {
      let body = #"{"login":"rebecca","password":"correct horse","lifetime":\#(lifetime)}"#
      #expect(try office.logIn(body).record.expires == now + expires)
    }
  }

  @Test("labels are unique among living tokens, and tokens are bounded") func bounded() throws {
    var rules = IssuedTokens.Rules()
    (rules.perLogin, rules.total) = (3, 5)
    let office = try Office(rules: rules)
    let body = #"{"login":"rebecca","password":"correct horse","label":"one"}"#
    let first = try office.logIn(body)
    #expect(throws: CredentialFault.self) { try office.logIn(body) }
    for _ in 0..<3 { _ = try office.logIn(#"{"login":"rebecca","password":"correct horse","lifetime":"2h"}"#) }
    #expect(office.tokens.records.count == 3)
    #expect(office.word(first.token) == "puppetlabs.rbac/invalid-token")
    var generator = Seeded(2)
    for _ in 0..<2 { _ = try office.tokens.issue("other", lifetime: nil, label: nil, now: now, using: &generator) }
    #expect(throws: CredentialFault(.invalid, "There are too many tokens.")) {
      try office.tokens.issue("third", lifetime: nil, label: nil, now: now, using: &generator)
    }
    // When they are forgotten there is room again.
    let later = now + 7_200_000 + 86_400_001
    _ = try office.tokens.issue("third", lifetime: nil, label: nil, now: later, using: &generator)
    #expect(office.tokens.records.count == 1)
  }
}
