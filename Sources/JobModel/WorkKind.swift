/// What kind of work a request asks for.
package enum WorkKind: UInt8, CaseIterable, Sendable {
  /// A command line.
  case command
  /// A named task with parameters.
  case task
  /// Bring the nodes to their desired state.
  case converge
  /// A stored package with variables, on a cluster.
  case package

  /// The name in mapping files and canonical documents.
  package var name: String { "\(self)" }

  /// The kind of that name.
  package init?(name: some StringProtocol) {
    guard let found = WorkKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
