/// A family of metrics, described once: all its series share the name, the help, the unit and the names of the labels.
package struct Family: Sendable, Equatable {
  /// What may happen to a value.
  package enum Kind: String, Sendable {
    /// Only grows.
    case counter
    /// Goes up and down.
    case gauge
    /// How many observations fell into each bucket, and their sum.
    case histogram
  }

  /// What a value counts. Cells are whole numbers: seconds are kept as nanoseconds and written as seconds.
  package enum Unit: Sendable {
    case things, bytes, seconds
  }

  /// By the conventions of Prometheus: snake case, the unit last, `_total` behind a counter's.
  package let name: String
  package let help: String
  package let kind: Kind
  package let unit: Unit
  package let labels: [String]

  /// A family. The values of its labels must never be a client's choice.
  package init(_ kind: Kind, _ name: String, _ help: String, unit: Unit = .things, labels: [String] = []) {
    self.kind = kind
    self.name = name
    self.help = help
    self.unit = unit
    self.labels = labels
  }
}

/// One value of a family whose values are read when somebody asks for them.
package struct Reading: Sendable {
  /// In the family's own order.
  package var labels: [String]
  /// In the family's unit: seconds are seconds here.
  package var value: Double

  /// A value.
  package init(_ value: Double, labels: [String] = []) {
    self.labels = labels
    self.value = value
  }

  /// A value.
  package init(_ value: Int, labels: [String] = []) { self.init(Double(value), labels: labels) }
}
