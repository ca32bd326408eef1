import JobModel

/// One intent in the words of several kinds of work: what is a command here is a task, a package or a desired state
/// there. Captures of a pattern fill the same places in the others.
package struct Phrase: Sendable {
  /// The command line.
  package var command: Pattern?
  /// A named task with parameters.
  package var task: Task?
  /// The environment to converge to.
  package var converge: Pattern?
  /// A stored package with variables.
  package var package: Package?

  /// A task's name and the texts of its parameters.
  package struct Task: Sendable {
    package var name: Pattern
    package var parameters: [(name: String, value: Pattern)]

    package init(name: Pattern, parameters: [(name: String, value: Pattern)]) {
      self.name = name
      self.parameters = parameters
    }
  }

  /// A package's number; its variables either one by one, or all of them as the environment of a command.
  package struct Package: Sendable {
    package var id: Pattern
    package var cluster: Pattern?
    package var variables: [(name: String, value: Pattern)]
    package var variablesAreEnvironment: Bool

    package init(
      id: Pattern, cluster: Pattern?, variables: [(name: String, value: Pattern)], variablesAreEnvironment: Bool
    ) {
      self.id = id
      self.cluster = cluster
      self.variables = variables
      self.variablesAreEnvironment = variablesAreEnvironment
    }
  }

  /// A phrase with nothing in it.
  package init() {}

  /// The kinds of work it has words for.
  package var kinds: Set<WorkKind> {
    var found: Set<WorkKind> = []
    if command != nil { found.insert(.command) }
    if task != nil { found.insert(.task) }
    if converge != nil { found.insert(.converge) }
    if package != nil { found.insert(.package) }
    return found
  }
}
