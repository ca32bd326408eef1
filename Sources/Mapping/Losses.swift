import JobModel

/// What a translation from one dialect to another costs, computed from the two mappings and the job (law 2).
package struct Losses: Sendable {
  private let source: Dialect
  private let target: Dialect
  private let document: String
  /// Fields that are looked at at all: carried by the reader, not by the writer, and not derived. Bit n: field n.
  private let mask: UInt64
  private let writer: Writer
  /// Bit n by table: column n is carried.
  private let columns: [UInt64]
  /// Fields carried by the writer or beside it.
  private let tables: UInt64
  private let narrowedNodes: UInt32
  /// Fields the gateway takes care of itself.
  private let emulated: Set<Field>

  /// For documents of one kind (`job`, `submit`, `nodes`) written by `writer`. `beside` writes what the platform answers
  /// in a second document: an orchestrator job's nodes.
  package init(
    from source: Dialect, to target: Dialect, writer: Writer, document: String, emulated: Set<Field> = [],
    beside: Writer? = nil
  ) {
    self.source = source
    self.target = target
    self.writer = writer
    self.document = document
    self.emulated = emulated
    var mask: UInt64 = 0
    for field in Field.allCases where !field.isContext {
      let bit: UInt64 = 1 << UInt64(field.rawValue)
      if (writer.carries | (beside?.carries ?? 0)) & bit != 0 { continue }
      if target.cannot[field.name]?.reason(for: document) == "derived" { continue }
      mask |= bit
    }
    self.mask = target.isCanonical ? 0 : mask
    columns = Table.allCases.map { table in
      writer.plan.columns[Int(table.rawValue)] | (beside?.plan.columns[Int(table.rawValue)] ?? 0)
    }
    tables = writer.carries | (beside?.carries ?? 0)
    narrowedNodes = writer.plan.narrowedNodes
  }

  /// Whether there may be any: one AND, for the hot path.
  package func mayLose(_ job: Job) -> Bool {
    job.filled & ~job.inferred & mask != 0 || !job.unknown.isEmpty || job.has(.phase) || job.has(.nodes)
  }

  /// Every loss of this job. Reported in the order of the hub's fields.
  package func of(_ job: Job, reader: Reader?) -> [Loss] {
    if target.isCanonical { return [] }
    var found: [Loss] = []
    let lost = job.filled & ~job.inferred & mask
    for field in Field.allCases where lost & (1 << UInt64(field.rawValue)) != 0 {
      if isNeutral(field, job) { continue }
      let because = target.cannot[field.name]?.reason(for: document) ?? "\(target.name) has no member for it in this profile"
      if emulated.contains(field) {
        found.append(Loss(field.name, .emulated, because: "the gateway does it"))
      } else {
        let refused = document == "submit" && field.isBinding
        found.append(Loss(field.name, refused ? .refused : .dropped, because: because))
      }
    }
    found += narrowed(job)
    found += lostColumns(job)
    if let reader, source.name != target.name {
      for member in job.unknown {
        let path = reader.path(ofObject: member.object) + "/" + job.decoded(member.key)
        found.append(Loss("foreign \(path)", .dropped, because: "only \(source.name) has a word for it"))
      }
    }
    return found
  }

  private func narrowed(_ job: Job) -> [Loss] {
    var found: [Loss] = []
    if let id = job.text(.id), writer.carries & (1 << UInt64(Field.id.rawValue)) != 0, !writer.holds(id: id) {
      found.append(Loss(Field.id.name, .dropped, because: "an id of \(target.name) cannot hold it; a ledger would assign one"))
    }
    if let phase = job.phase, writer.plan.narrowedPhases & (1 << UInt32(phase.rawValue)) != 0,
      writer.carries & (1 << UInt64(Field.phase.rawValue)) != 0
    {
      found.append(Loss(Field.phase.name, .narrowed, because: "\(target.name) has no word of its own for \(phase.name)"))
    }
    for field in [Field.created, .entered, .started, .changed, .finished] {
      guard job.has(field), job.inferred & (1 << UInt64(field.rawValue)) == 0, let time = job.integer(field),
        writer.carries & (1 << UInt64(field.rawValue)) != 0, time % 1000 != 0
      else { continue }
      found.append(Loss(field.name, .narrowed, because: "\(target.name) has whole seconds"))
    }
    return found
  }

  private func lostColumns(_ job: Job) -> [Loss] {
    var found: [Loss] = []
    for table in Table.allCases where tables & (1 << UInt64(table.field.rawValue)) != 0 {
      guard job.has(table.field), job.inferred & (1 << UInt64(table.field.rawValue)) == 0 else { continue }
      var filled: UInt64 = 0
      var narrowed: Set<NodePhase> = []
      job.forEachRow(table, width: table.width) { base in
        filled |= job.filled(row: base)
        if table == .nodes {
          let phase = job.nodePhase(at: base)
          if narrowedNodes & (1 << UInt32(phase.rawValue)) != 0 { narrowed.insert(phase) }
        }
      }
      let lost = filled & ~columns[Int(table.rawValue)]
      for (index, column) in table.columns.enumerated() where lost & (1 << UInt64(index)) != 0 {
        let reason = target.cannot[column.name]?.reason(for: "job") ?? "\(target.name) has no member for it"
        if reason != "derived" { found.append(Loss(column.name, .dropped, because: reason)) }
      }
      for phase in NodePhase.allCases where narrowed.contains(phase) {
        found.append(
          Loss("node.phase", .narrowed, because: "\(target.name) has no word of its own for a node that is \(phase.name)"))
      }
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
      } else if value(field, job) == neutral {
        return true
      }
    }
    return false
  }

  private func value(_ field: Field, _ job: Job) -> String? {
    switch field.form {
    case .bool: job.flag(field).map { $0 ? "true" : "false" }
    case .json: job.json(field).flatMap(compactJSON)
    case .number: job.text(field)
    case .text: job.text(field).map { "\"\($0)\"" }
    default: nil
    }
  }
}
