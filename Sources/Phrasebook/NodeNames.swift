/// What nodes are called by callers and on a platform: rules like `{n}` and `{n}.prod.example.com`, the first that fits, both
/// ways. A name that fits none is the same on both sides.
package struct NodeNames: Sendable {
  private let rules: [(here: Pattern, there: Pattern)]

  /// Rules in their order; both patterns of a rule have the same places.
  package init(_ rules: [(here: Pattern, there: Pattern)] = []) { self.rules = rules }

  /// Whether every name is the same on both sides.
  package var isEmpty: Bool { rules.isEmpty }

  /// A caller's name as the platform has it.
  package func there(_ name: String) -> String { NodeNames.turn(name, rules) }

  /// A platform's name as callers have it.
  package func here(_ name: String) -> String { NodeNames.turn(name, rules.map { ($0.there, $0.here) }) }

  private static func turn(_ name: String, _ rules: [(Pattern, Pattern)]) -> String {
    for (from, to) in rules {
      var captures: [String: String] = [:]
      if from.match(name, into: &captures), let found = to.filled(captures) { return found }
    }
    return name
  }
}
