/// What a principal may do: a plain word for every platform or one, or a word of role-based access control.
///
///     read   submit   stop   all      everywhere
///     pushy/read   xplenty/all        in one dialect
///     orchestrator:view:*             RBAC's type:action:instance
package enum Permission: Sendable, Hashable {
  /// What is asked for.
  package enum Operation: String, Sendable, CaseIterable {
    /// Jobs, lists, nodes, outputs.
    case read
    case submit
    case stop
  }

  /// An operation, nil for all of them; in a dialect, nil for every one.
  case operation(Operation?, dialect: String?)

  /// RBAC: a type, an action, and an instance or `*`.
  case word(type: String, action: String, instance: String)

  /// Reads a permission.
  ///
  /// - Throws: `SetupFault.badPermission`.
  package init(_ text: String) throws(SetupFault) {
    let words = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    if words.count == 3, words.allSatisfy({ !$0.isEmpty }) {
      self = .word(type: words[0], action: words[1], instance: words[2])
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 1, parts.count <= 2, let name = parts.last, parts.allSatisfy({ !$0.isEmpty }) else {
      throw .badPermission(shown(text))
    }
    let operation = Operation(rawValue: name)
    guard operation != nil || name == "all" else { throw .badPermission(shown(text)) }
    self = .operation(operation, dialect: parts.count == 2 ? parts[0] : nil)
  }
}

extension Set<Permission> {
  /// Whether a plain word allows an operation in a dialect.
  func allow(_ operation: Permission.Operation, in dialect: String) -> Bool {
    contains(.operation(operation, dialect: nil)) || contains(.operation(nil, dialect: nil))
      || contains(.operation(operation, dialect: dialect)) || contains(.operation(nil, dialect: dialect))
  }

  /// Whether an RBAC word is there, for the instance or for all.
  func hold(_ type: String, _ action: String, _ instance: String) -> Bool {
    contains(.word(type: type, action: action, instance: instance))
      || contains(.word(type: type, action: action, instance: "*"))
  }
}
