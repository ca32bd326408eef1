/// What somebody wants to do.
package struct Deed: Sendable {
  /// The kind of work a submit is, where the platform permits each kind apart.
  package enum Work: Sendable, Equatable {
    /// Converging to a desired state.
    case converge
    case task(String)
    case plan(String)
  }

  /// How a submit chooses its nodes, where the platform permits each way apart.
  package enum Scope: Sendable, Equatable {
    case nodes
    case group(String)
    case query
  }

  /// Whether something is looked at, started or stopped.
  package var operation: Permission.Operation
  /// The dialect's name.
  package var dialect: String
  /// The organization or account of the path.
  package var account: String?
  /// Nil in dialects that do not tell works apart.
  package var work: Work?
  /// Only for a submit.
  package var scope: Scope

  /// A deed.
  package init(
    _ operation: Permission.Operation, dialect: String, account: String? = nil, work: Work? = nil,
    scope: Scope = .nodes
  ) {
    (self.operation, self.dialect, self.account, self.work, self.scope) = (operation, dialect, account, work, scope)
  }
}

/// Whether a caller may do what they ask for.
///
/// Somebody who has permissions, of their own or from a group, may do exactly that. For all others the platform's own rule
/// stands, by scheme: signed callers by the groups of their organization, holders of an API key everything in their
/// accounts, holders of tokens nothing.
extension Gatekeeper {
  /// Lets a caller do something.
  ///
  /// - Throws: a fault in the platform's words when they may not.
  package func permit(_ caller: Caller, _ deed: Deed) throws(CredentialFault) {
    if caller.scheme == .open { return }
    guard let entry = caller.entry else { throw refusal(caller, deed) }
    if let permissions = entry.permissions {
      if permissions.allow(deed.operation, in: deed.dialect) { return }
      guard caller.scheme == .token else { throw refusal(caller, deed) }
      return try permit(caller, deed, byWords: permissions)
    }
    let isAllowed =
      switch caller.scheme {
      case .signedHeaders: allowedByGroups(entry, deed)
      case .basicKey: true
      case .open, .token, .bearer, .userAndToken: false
      }
    if !isAllowed { throw refusal(caller, deed) }
  }

  /// Chef's rule: the readers' or writers' group decides where there is one; without it everybody of the organization
  /// reads, and the administrators write.
  private func allowedByGroups(_ entry: Directory.Entry, _ deed: Deed) -> Bool {
    guard let account = deed.account, entry.belongs(to: account) else { return false }
    let decides = deed.operation == .read ? "pushy_job_readers" : "pushy_job_writers"
    let isThere = directory.hasGroup(decides, in: account)
    if deed.operation == .read, !isThere { return true }
    return entry.groups.contains(.init(account: account, name: isThere ? decides : "admins"))
  }

  /// RBAC's rule: seeing, starting and stopping takes one word, running takes another, some ways to choose nodes a third.
  private func permit(_ caller: Caller, _ deed: Deed, byWords words: Set<Permission>) throws(CredentialFault) {
    guard words.hold("orchestrator", "view", "*") else { throw refusal(caller, deed) }
    guard deed.operation == .submit else { return }
    let mayRun =
      switch deed.work {
      case .converge?: words.hold("puppet_agent", "run", "*")
      case .task(let name)?: words.hold("tasks", "run", name)
      case .plan(let name)?: words.hold("plans", "run", name)
      case nil: false
      }
    guard mayRun else { throw refusal(caller, deed) }
    switch deed.scope {
    case .nodes: return
    case .group(let name): if !words.hold("node_groups", "view", name) { throw refusal(caller, deed) }
    case .query:
      guard words.hold("nodes", "view_data", "*") else {
        // The platform calls this a bad request.
        throw CredentialFault(
          .invalid, "PuppetDB query failed: you do not have permission to query",
          word: "puppetlabs.orchestrator/query-error")
      }
    }
  }

  private func refusal(_ caller: Caller, _ deed: Deed) -> CredentialFault {
    let name = shown(caller.principal.name)
    switch caller.scheme {
    case .signedHeaders:
      return CredentialFault(
        .forbidden, "User or client '\(name)' does not have access to that action on this server.")
    case .token:
      let object =
        switch deed.work {
        case .task(let task)?: "run the task \(shown(task))"
        case .plan(let plan)?: "run the plan \(shown(plan))"
        case .converge?: "run Puppet"
        case nil: deed.operation == .submit ? "start jobs" : "view or stop jobs"
        }
      return CredentialFault(
        .forbidden, "\(name) is not permitted to \(object)", word: "puppetlabs.orchestrator/not-permitted")
    case .basicKey: return CredentialFault(.forbidden, "You are not permitted to do this.")
    case .bearer, .userAndToken, .open:
      return CredentialFault(.forbidden, "'\(name)' is not permitted to \(deed.operation.rawValue)")
    }
  }
}
