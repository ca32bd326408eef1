/// Work that a site has given a name: a task, a stored package, an environment to converge to, a command on a whitelist.
package struct NamedWork: Sendable, Equatable {
  /// What kind of work it is.
  package let kind: WorkKind
  /// How callers name it: for a command the line or pattern of the whitelist, for a package its number's digits.
  package let name: String
  /// What it is, for people; empty when nobody said.
  package let description: String

  /// Named work.
  package init(_ kind: WorkKind, _ name: String, description: String = "") {
    self.kind = kind
    self.name = name
    self.description = description
  }
}
