/// One node's run of a job, as Swift values.
package struct NodeRun: Sendable, Equatable {
  package var name: String
  package var phase: NodePhase
  /// The program's exit code.
  package var exit: Int64?
  /// Milliseconds since 1970, UTC.
  package var started: Int64?
  package var finished: Int64?
  package var changed: Int64?
  /// The first lines of what it printed.
  package var output: String?
  /// A sentence for people.
  package var error: String?
  /// A JSON value.
  package var result: String?

  /// A run that nothing but its phase is known of.
  package init(_ name: String, _ phase: NodePhase) {
    self.name = name
    self.phase = phase
  }
}

extension Job {
  /// The node runs; nil when the job does not say any.
  package var nodeRuns: [NodeRun]? {
    get {
      guard has(.nodes) else { return nil }
      var runs: [NodeRun] = []
      forEachRow(.nodes, width: Table.nodes.width) { runs.append(nodeRun(at: $0)) }
      return runs
    }
    set {
      guard let newValue else { return clear(.nodes) }
      let kept = newValue.map { ($0, rowTexts($0)) }
      beginRows(.nodes)
      for (run, texts) in kept { put(run, texts, at: addRow(.nodes, width: Table.nodes.width)) }
    }
  }

  private func nodeRun(at base: Int) -> NodeRun {
    func text(_ column: Int) -> String? { has(row: base, column) ? decoded(Text(cell: cell(row: base, column))) : nil }
    func time(_ column: Int) -> Int64? { has(row: base, column) ? Int64(bitPattern: cell(row: base, column)) : nil }
    var run = NodeRun(text(NodeColumn.name) ?? "", nodePhase(at: base))
    run.exit = text(NodeColumn.exit).flatMap { Int64($0) }
    run.started = time(NodeColumn.started)
    run.finished = time(NodeColumn.finished)
    run.changed = time(NodeColumn.changed)
    run.output = text(NodeColumn.output)
    run.error = text(NodeColumn.error)
    run.result = text(NodeColumn.result)
    return run
  }

  /// The phase of the node whose row begins at `base`.
  @inlinable
  package func nodePhase(at base: Int) -> NodePhase {
    guard has(row: base, NodeColumn.phase) else { return .unknown }
    return NodePhase(rawValue: UInt8(truncatingIfNeeded: cell(row: base, NodeColumn.phase))) ?? .unknown
  }

  private func rowTexts(_ run: NodeRun) -> [(Int, UInt64)] {
    var cells: [(Int, UInt64)] = [(NodeColumn.name, add(run.name).cell)]
    if let exit = run.exit { cells.append((NodeColumn.exit, addRaw("\(exit)").cell)) }
    if let output = run.output { cells.append((NodeColumn.output, add(output).cell)) }
    if let error = run.error { cells.append((NodeColumn.error, add(error).cell)) }
    if let result = run.result { cells.append((NodeColumn.result, addRaw(result).cell)) }
    return cells
  }

  private func put(_ run: NodeRun, _ texts: [(Int, UInt64)], at base: Int) {
    for (column, value) in texts { fill(row: base, column, value) }
    fill(row: base, NodeColumn.phase, UInt64(run.phase.rawValue))
    if let started = run.started { fill(row: base, NodeColumn.started, UInt64(bitPattern: started)) }
    if let finished = run.finished { fill(row: base, NodeColumn.finished, UInt64(bitPattern: finished)) }
    if let changed = run.changed { fill(row: base, NodeColumn.changed, UInt64(bitPattern: changed)) }
  }
}
