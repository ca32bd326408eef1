/// A name this runner answers to, and how much it takes on at a time.
package struct InventoryNode: Sendable, Equatable {
  /// As callers say it.
  package let name: String
  /// Groups or labels, for whoever selects nodes by them.
  package let groups: [String]
  /// How many jobs at once; one more is refused as busy.
  package let concurrency: Int
  /// The machine it is; nil for this one.
  package let ssh: SSHTarget?

  /// A node. A concurrency below 1 counts as 1: a node that never takes a job is not a node.
  package init(name: String, groups: [String] = [], concurrency: Int = 1, ssh: SSHTarget? = nil) {
    self.name = name
    self.groups = groups
    self.concurrency = max(1, concurrency)
    self.ssh = ssh
  }
}

/// The node names known to this runner: this machine, or others that it reaches.
package struct Inventory: Sendable {
  /// In the order they were given, the first of equal names only.
  package let nodes: [InventoryNode]
  private let byName: [String: Int]

  /// An inventory of these nodes.
  package init(nodes: [InventoryNode]) {
    var kept: [InventoryNode] = []
    var byName: [String: Int] = [:]
    for node in nodes where byName[node.name] == nil {
      byName[node.name] = kept.count
      kept.append(node)
    }
    self.nodes = kept
    self.byName = byName
  }

  /// The node of that name; nil for a name nobody here answers to.
  package subscript(name: String) -> InventoryNode? { byName[name].map { nodes[$0] } }
}
