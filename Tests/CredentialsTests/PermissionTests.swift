import Testing

@testable import Credentials

@Suite("What somebody may do") struct PermissionTests {
  /// Whether one of a site may do something.
  private func may(
    _ name: String, _ scheme: Scheme, _ deed: Deed, _ members: [Identity], _ groups: [Group] = []
  ) throws -> Bool {
    let door = Gatekeeper(try Directory(members, groups: groups), tokens: IssuedTokens(), replays: ReplayMemory())
    let caller = Caller(scheme, try #require(door.directory.named(name).first))
    do { try door.permit(caller, deed) } catch { return false }
    return true
  }

  private func member(_ name: String, _ permissions: [String]? = nil, kind: Principal.Kind = .user) throws -> Identity {
    var member = Identity(name, kind: kind)
    member.accounts = ["acme"]
    member.permissions = try permissions?.map { try Permission($0) }
    return member
  }

  private func group(_ name: String, _ users: [String], groups: [String] = [], account: String? = "acme") -> Group {
    var group = Group(name, account: account)
    (group.users, group.groups) = (users, groups)
    return group
  }

  @Test("permissions are words, and anything else is refused") func grammar() throws {
    #expect(try Permission("read") == .operation(.read, dialect: nil))
    #expect(try Permission("xplenty/all") == .operation(nil, dialect: "xplenty"))
    #expect(
      try Permission("tasks:run:package::install") == .word(type: "tasks", action: "run", instance: "package::install"))
    for bad in ["", "write", "read/", "/read", "a/b/read", "tasks:run", "tasks::x", ":run:x", "tasks:run:"] {
      #expect(throws: SetupFault.badPermission(bad)) { try Permission(bad) }
    }
  }

  @Test("without groups everybody of the organization reads, and administrators write") func plain() throws {
    let all = [try member("admin"), try member("reader"), try member("node", kind: .client)]
    let groups = [group("admins", ["admin"])]
    let (read, write) = (
      Deed(.read, dialect: "pushy", account: "acme"), Deed(.submit, dialect: "pushy", account: "acme")
    )
    for name in ["admin", "reader", "node"] { #expect(try may(name, .signedHeaders, read, all, groups)) }
    #expect(try may("admin", .signedHeaders, write, all, groups))
    #expect(try !may("reader", .signedHeaders, write, all, groups))
    #expect(try !may("reader", .signedHeaders, write, all))
    #expect(try !may("reader", .signedHeaders, Deed(.read, dialect: "pushy", account: "beta"), all, groups))
  }

  @Test("readers' and writers' groups decide alone, groups within groups included") func groups() throws {
    let all = [try member("admin"), try member("writer"), try member("reader"), try member("deep")]
    let groups = [
      group("admins", ["admin"]), group("pushy_job_writers", ["writer"], groups: ["nested", "missing"]),
      group("pushy_job_readers", ["reader"]), group("nested", [], groups: ["circle"]),
      group("circle", ["deep"], groups: ["nested"]),
    ]
    let (read, write) = (
      Deed(.read, dialect: "pushy", account: "acme"), Deed(.submit, dialect: "pushy", account: "acme")
    )
    for (name, reads, writes) in [
      ("admin", false, false), ("writer", false, true), ("reader", true, false), ("deep", false, true),
    ] {
      #expect(try may(name, .signedHeaders, read, all, groups) == reads, "\(name)")
      #expect(try may(name, .signedHeaders, write, all, groups) == writes, "\(name)")
    }
    let door = Gatekeeper(try Directory(all, groups: groups), tokens: IssuedTokens(), replays: ReplayMemory())
    let caller = Caller(.signedHeaders, try #require(door.directory.named("reader").first))
    #expect(
      throws: CredentialFault(.forbidden, "User or client 'reader' does not have access to that action on this server.")
    ) { try door.permit(caller, write) }
  }

  @Test("given permissions are all that is allowed, in every dialect or in one") func given() throws {
    let one = try member("one", ["read", "xplenty/stop"])
    for (operation, dialect, fine): (Permission.Operation, String, Bool) in [
      (.read, "pushy", true), (.read, "xplenty", true), (.submit, "xplenty", false), (.stop, "xplenty", true),
      (.stop, "pushy", false),
    ] {
      for scheme in [Scheme.signedHeaders, .token, .basicKey, .bearer] {
        #expect(try may("one", scheme, Deed(operation, dialect: dialect, account: "acme"), [one]) == fine)
      }
    }
    var crew = group("crew", ["two"], account: nil)
    crew.permissions = [try Permission("all")]
    #expect(try may("two", .bearer, Deed(.submit, dialect: "canonical"), [try member("two")], [crew]))
    #expect(try !may("two", .bearer, Deed(.submit, dialect: "canonical"), [try member("two")]))
    #expect(try may("two", .basicKey, Deed(.submit, dialect: "xplenty", account: "acme"), [try member("two")]))
    #expect(try !may("two", .basicKey, Deed(.submit, dialect: "xplenty", account: "acme"), [try member("two", [])]))
  }

  @Test("role-based words: one to see and stop, another to run, a third for some scopes") func words() throws {
    let view = "orchestrator:view:*"
    func may(_ words: [String], _ deed: Deed) throws -> Bool {
      try self.may("one", .token, deed, [try member("one", words)])
    }
    let read = Deed(.read, dialect: "orchestrator")
    let task = Deed(.submit, dialect: "orchestrator", work: .task("exec"))
    #expect(try may([view], read))
    #expect(try may([view], Deed(.stop, dialect: "orchestrator")))
    #expect(try !may(["tasks:run:*"], read))
    #expect(try !may([view], task))
    #expect(try !may(["tasks:run:exec"], task))
    #expect(try may([view, "tasks:run:exec"], task))
    #expect(try may([view, "tasks:run:*"], task))
    #expect(try !may([view, "tasks:run:other", "plans:run:exec", "puppet_agent:run:*"], task))
    #expect(try may([view, "puppet_agent:run:*"], Deed(.submit, dialect: "orchestrator", work: .converge)))
    #expect(try may([view, "plans:run:p"], Deed(.submit, dialect: "orchestrator", work: .plan("p"))))
    let scoped = Deed(.submit, dialect: "orchestrator", work: .task("exec"), scope: .group("web"))
    #expect(try !may([view, "tasks:run:*"], scoped))
    #expect(try may([view, "tasks:run:*", "node_groups:view:web"], scoped))
    let door = Gatekeeper(
      try Directory([try member("one", [view, "tasks:run:*"])]), tokens: IssuedTokens(), replays: ReplayMemory())
    let caller = Caller(.token, try #require(door.directory.named("one").first))
    do {
      try door.permit(caller, Deed(.submit, dialect: "orchestrator", work: .task("exec"), scope: .query))
      Issue.record("a query was allowed")
    } catch {
      #expect(error.kind == .invalid)
      #expect(error.word == "puppetlabs.orchestrator/query-error")
    }
    do {
      try door.permit(caller, Deed(.submit, dialect: "orchestrator", work: .plan("p")))
      Issue.record("a plan was allowed")
    } catch {
      #expect(error.text == "one is not permitted to run the plan p")
      #expect(error.word == "puppetlabs.orchestrator/not-permitted")
    }
  }
}
