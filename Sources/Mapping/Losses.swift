import JobModel
import Wire

/// What a translation from one dialect to another costs, computed from the two mappings and the job (law 2).
package struct Losses: Sendable {
  private let source: Dialect
  private let target: Dialect
  private let document: String
  /// Fields that are looked at at all: carried by the reader, not by the writer, and not derived. Bit n: field n.
  private let mask: UInt64
  /// Fields that somebody misses in a document of the target: bit n, field n.
  private let worthSaying: UInt64
  private let writer: Writer
  private let beside: Writer?
  private let narrowedNodes: [UInt32]
  /// Fields the gateway takes care of itself: as well as the platform would, or nearly so.
  private let emulated: [Field: Disposition]

  /// For documents of one kind (`job`, `submit`, `nodes`) written by `writer`. `beside` writes what the platform answers
  /// in a second document: an orchestrator job's nodes.
  package init(
    from source: Dialect, to target: Dialect, writer: Writer, document: String, emulated: [Field: Disposition] = [:],
    beside: Writer? = nil
  ) {
    self.source = source
    self.target = target
    self.writer = writer
    self.document = document
    self.emulated = emulated
    self.beside = beside
    var worthSaying: UInt64 = 0
    for field in Field.allCases where !field.isContext {
      if target.cannot[field.name]?.reason(for: document) == "derived" { continue }
      worthSaying |= 1 << UInt64(field.rawValue)
    }
    self.worthSaying = worthSaying
    mask = target.isCanonical ? 0 : worthSaying & ~(writer.carries | (beside?.carries ?? 0))
    narrowedNodes = writer.plan.narrowedNodes
  }

  /// Whether there may be any: one AND, for the hot path.
  package func mayLose(_ job: Job) -> Bool {
    job.filled & ~job.inferred & mask != 0 || !job.unknown.isEmpty || job.has(.phase) || job.has(.nodes)
  }

  /// Every loss of this job, in the order of the hub's fields: what neither writer says when it really writes the job.
  package func of(_ job: Job, reader: Reader?) -> [Loss] {
    if target.isCanonical { return [] }
    var found: [Loss] = []
    let said = writer.said(job)
    let saidBeside = beside?.said(job)
    var lost = job.filled & ~job.inferred & ~said.slots & ~(saidBeside?.slots ?? 0) & worthSaying
    if reader?.plan.kind != nil { lost &= ~(1 << UInt64(Field.kind.rawValue)) }
    for field in Field.allCases where lost & (1 << UInt64(field.rawValue)) != 0 {
      if isNeutral(field, job) || isSaidOtherwise(field) { continue }
      let because = target.cannot[field.name]?.reason(for: document) ?? "\(target.name) has no member for it here"
      if let disposition = emulated[field] {
        found.append(Loss(field.name, disposition, because: "the gateway does it"))
      } else {
        let refused = document == "submit" && field.isBinding
        found.append(Loss(field.name, refused ? .refused : .dropped, because: because))
      }
    }
    found += narrowed(job)
    found += lostColumns(job, said, saidBeside)
    if let reader, source.name != target.name {
      for member in job.unknown {
        if let field = member.partOf, lost & (1 << UInt64(field.rawValue)) != 0 { continue }
        let path = reader.path(ofObject: member.object) + "/" + job.decoded(member.key)
        found.append(
          Loss(
            "foreign \(path)", member.partOf != nil ? .narrowed : .dropped,
            because: "only \(source.name) has a word for it"))
      }
    }
    return found
  }

  /// A request says its kind of work by being that request; an id that cannot be held is told of in words of its own.
  private func isSaidOtherwise(_ field: Field) -> Bool {
    guard field == .id || field == .kind && document == "submit" else { return false }
    return writer.carries & (1 << UInt64(field.rawValue)) != 0
  }

  private func narrowed(_ job: Job) -> [Loss] {
    var found: [Loss] = []
    if let id = job.text(.id), writer.carries & (1 << UInt64(Field.id.rawValue)) != 0, !writer.holds(id: id) {
      found.append(
        Loss(Field.id.name, .dropped, because: "an id of \(target.name) cannot hold it; a ledger would assign one"))
    }
    if let phase = job.phase, writer.plan.narrowedPhases & (1 << UInt32(phase.rawValue)) != 0,
      writer.carries & (1 << UInt64(Field.phase.rawValue)) != 0
    {
      found.append(
        Loss(Field.phase.name, .narrowed, because: "\(target.name) has no word of its own for \(phase.name)"))
    }
    if let kind = job.kind, job.inferred & (1 << UInt64(Field.kind.rawValue)) == 0,
      writer.plan.narrowedKinds & (1 << UInt32(kind.rawValue)) != 0
    {
      found.append(Loss(Field.kind.name, .narrowed, because: "\(target.name) has no word of its own for \(kind.name)"))
    }
    if let seconds = job.integer(.timeout), seconds % 60 != 0,
      writer.plan.minutes & (1 << UInt64(Field.timeout.rawValue)) != 0
    {
      let byGateway = emulated[.timeout] != nil
      found.append(
        Loss(
          Field.timeout.name, byGateway ? .emulated : .narrowed,
          because: byGateway ? "the gateway does it" : "\(target.name) has whole minutes"))
    }
    if source.name == target.name { return found }
    for field in [Field.created, .entered, .started, .changed, .finished] {
      guard job.has(field), job.inferred & (1 << UInt64(field.rawValue)) == 0, let time = job.integer(field),
        writer.carries & (1 << UInt64(field.rawValue)) != 0, time % 1000 != 0
      else { continue }
      found.append(Loss(field.name, .narrowed, because: "\(target.name) has whole seconds"))
    }
    if let elapsed = job.text(.elapsed), writer.plan.whole & (1 << UInt64(Field.elapsed.rawValue)) != 0,
      elapsed.utf8.contains(0x2E)
    {
      found.append(Loss(Field.elapsed.name, .narrowed, because: "\(target.name) has whole seconds"))
    }
    return found
  }

  private func lostColumns(_ job: Job, _ said: Said, _ saidBeside: Said?) -> [Loss] {
    var found: [Loss] = []
    for table in Table.allCases {
      let bit: UInt64 = 1 << UInt64(table.field.rawValue)
      let sayings = [said, saidBeside].compactMap { $0 }.filter { $0.slots & bit != 0 }
      guard !sayings.isEmpty, job.has(table.field), job.inferred & bit == 0 else { continue }
      var narrowed: Set<NodePhase> = []
      var fine: UInt64 = 0
      let narrowing = narrowedNodes.isEmpty ? 0 : narrowedNodes[Int(job.phase?.rawValue ?? 0)]
      job.forEachRow(table, width: table.width) { base in
        if source.name != target.name { fine |= fineTimes(table, base, job) }
        if table == .nodes {
          let phase = job.nodePhase(at: base)
          let hasPhase = job.has(row: base, NodeColumn.phase)
          if hasPhase, narrowing & (1 << UInt32(phase.rawValue)) != 0 { narrowed.insert(phase) }
        }
      }
      let lost = sayings.reduce(~0) { $0 & $1.left(table) }
      for (index, column) in table.columns.enumerated() where fine & ~lost & (1 << UInt64(index)) != 0 {
        found.append(Loss(column.name, .narrowed, because: "\(target.name) has whole seconds"))
      }
      for (index, column) in table.columns.enumerated() where lost & (1 << UInt64(index)) != 0 {
        let reason = target.cannot[column.name]?.reason(for: "job") ?? "\(target.name) has no member for it"
        if reason != "derived" { found.append(Loss(column.name, .dropped, because: reason)) }
      }
      for phase in NodePhase.allCases where narrowed.contains(phase) {
        found.append(
          Loss(
            "node.phase", .narrowed, because: "\(target.name) has no word of its own for a node that is \(phase.name)"))
      }
    }
    return found
  }

  /// Columns of a row whose times have milliseconds.
  private func fineTimes(_ table: Table, _ base: Int, _ job: Job) -> UInt64 {
    var found: UInt64 = 0
    for (index, column) in table.columns.enumerated() where column.form == .time && job.has(row: base, index) {
      if Int64(bitPattern: job.cell(row: base, index)) % 1000 != 0 { found |= 1 << UInt64(index) }
    }
    return found
  }

  /// A value that says what would happen anyway (translation tables, §4).
  package func isNeutral(_ field: Field, _ job: Job) -> Bool {
    for dialect in [source, target] {
      guard let neutral = dialect.neutral[field.name] else { continue }
      if neutral == "all" {
        let places = job.texts(.targets)?.count ?? job.rows(.nodes).count
        if job.integer(field) == Int64(places) { return true }
      } else if field.form == .json {
        if job.json(field).map({ Self.isSame($0, neutral) }) ?? false { return true }
      } else if value(field, job) == neutral {
        return true
      }
    }
    return false
  }

  /// Whether a JSON text is this value but for white space; it is read no further than where the two part.
  private static func isSame(_ text: String, _ value: String) -> Bool {
    text.utf8.lazy.filter { $0 > 0x20 }.elementsEqual(value.utf8.lazy.filter { $0 > 0x20 })
  }

  private func value(_ field: Field, _ job: Job) -> String? {
    switch field.form {
    case .bool: job.flag(field).map { $0 ? "true" : "false" }
    case .number: job.text(field)
    case .text: job.text(field).map { "\"\($0)\"" }
    default: nil
    }
  }
}
