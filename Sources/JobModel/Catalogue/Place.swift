/// Somewhere jobs can be sent by name: one node, or a set of them.
package struct Place: Sendable, Equatable {
  /// How a request says it.
  package enum Kind: String, Sendable, CaseIterable {
    /// One machine, or one name of it.
    case node
    /// Nodes that belong together, by the group's name or id.
    case group
    /// A machine of many nodes, by its number's digits.
    case cluster
    /// Nodes that fit a condition, by the condition's JSON without insignificant spaces.
    case query
  }

  /// How a request says it.
  package let kind: Kind
  /// Its name, unique among its kind.
  package let name: String
  /// The names of its nodes, in the order they are to be shown; a node's own name for a node.
  package let nodes: [String]

  /// A place.
  package init(_ kind: Kind, _ name: String, nodes: [String]) {
    self.kind = kind
    self.name = name
    self.nodes = nodes
  }
}

/// The places of a site.
package struct Places: Sendable {
  /// In the order they were given, the first of equal ones only.
  package let all: [Place]
  private let index: [Place.Kind: [String: Int]]

  /// A directory of places.
  package init(_ places: [Place] = []) {
    var all: [Place] = []
    var index: [Place.Kind: [String: Int]] = [:]
    for place in places where index[place.kind]?[place.name] == nil {
      index[place.kind, default: [:]][place.name] = all.count
      all.append(place)
    }
    self.all = all
    self.index = index
  }

  /// The place of that kind and name; nil when there is none.
  package subscript(_ kind: Place.Kind, _ name: String) -> Place? { index[kind]?[name].map { all[$0] } }
}
