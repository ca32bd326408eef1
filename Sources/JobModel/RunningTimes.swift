/// Times that run: how long a job, or a node of it, has been at it. They are other ones each time a platform is asked, and
/// say nothing new where it is known since when the job runs.
extension Job {
  /// Where such times stand in a document that was just read: a piece of the arena, places counted from its beginning.
  package func runningTimes(in document: Range<Int>) -> [Range<Int>] {
    // Of a job that runs it is always known, once it has been taken in, since when.
    guard phase == .running || phase == .stopping && has(.started) else { return [] }
    var found: [Range<Int>] = []
    func add(_ cell: UInt64) {
      let text = Text(cell: cell)
      let place = text.start - document.lowerBound..<text.start - document.lowerBound + text.length
      if place.lowerBound >= 0, place.upperBound <= document.count, !place.isEmpty { found.append(place) }
    }
    if has(.elapsed) { add(slots[Int(Field.elapsed.rawValue)]) }
    forEachRow(.nodes, width: Table.nodes.width) { base in
      guard has(row: base, NodeColumn.elapsed), !nodePhase(at: base).isOver else { return }
      add(cell(row: base, NodeColumn.elapsed))
    }
    return found.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// It runs, or is being stopped.
  package var isAtIt: Bool { phase == .running || phase == .stopping }
}
