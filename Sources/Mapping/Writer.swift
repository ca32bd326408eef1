import JobModel
import Wire

/// Writes canonical jobs as documents of one kind, in one profile: one pass over a list of operations.
package final class Writer: Sendable {
  let plan: WritePlan
  package let dialect: String
  package let document: String
  package let profile: String
  let ids: JobIDs
  /// Where the entries of a list go, in operations.
  private let entries: Int?
  private let forms: [IDForm]

  /// Hub fields it carries: bit n, field n.
  package var carries: UInt64 { plan.carries }

  /// Compiles a document for a profile.
  package init(_ document: Document, _ dialect: Dialect, profile: String, ids: JobIDs) {
    plan = WriteCompiler.compile(document, dialect, profile: profile)
    self.dialect = dialect.name
    self.document = document.name
    self.profile = profile
    self.ids = ids
    forms = dialect.ids
    entries = plan.ops.firstIndex { $0.code == .entries }
  }

  /// Writes `job`. What the dialect must say and the job does not is concluded first, and forgotten again afterwards.
  package func write(_ job: Job, to output: Output) { _ = say(job, to: output) }

  /// Writes `job`, and tells what has been said.
  @inline(__always)
  func say(_ job: Job, to output: Output) -> Said {
    if plan.infers { job.infer() }
    let said = run(job, output, 0, plan.ops.count)
    if plan.infers { job.forgetInferred() }
    return said
  }

  /// What a document of `job` would say: written in vain, for those who count losses.
  func said(_ job: Job) -> Said {
    var said = say(job, to: Output(capacity: 1024))
    if let kind = plan.kind, kind == job.kind { said.slots |= 1 << UInt64(Field.kind.rawValue) }
    for peek in plan.peeked where said.slots & (1 << UInt64(peek.inside.rawValue)) != 0 {
      let own = job.text(peek.field) ?? ""
      guard let text = job.json(peek.inside), let whole = try? JSON(parsing: text, duplicates: .lastWins),
        let value = whole[peek.key]?.stringValue ?? whole[peek.key]?.digits, value.utf8.elementsEqual(own.utf8)
      else { continue }
      said.slots |= 1 << UInt64(peek.field.rawValue)
    }
    return said
  }

  /// Writes what stands before the entries of a list; `page` holds what the list says of itself.
  package func begin(_ page: Job, to output: Output) { if let entries { run(page, output, 0, entries) } }

  /// Writes what stands behind them.
  package func end(_ page: Job, to output: Output) { if let entries { run(page, output, entries + 1, plan.ops.count) } }

  /// Writes what separates one entry from the next.
  package func separate(_ output: Output) { if output.last != 0x5B { output.byte(0x2C) } }

  /// Whether the dialect's ids can hold a job's id.
  package func holds(id: String) -> Bool {
    let isNumber =
      !id.isEmpty && id.utf8.count < 19 && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
      && (id.utf8.first != 0x30 || id.utf8.count == 1)
    return forms.contains { form in
      switch form {
      case .number, .digits: isNumber
      case .hex: isNumber || JobIDs.isHex(Array(id.utf8))
      case .text: true
      }
    }
  }

  @discardableResult
  private func run(_ job: Job, _ output: Output, _ from: Int, _ to: Int) -> Said {
    let phase = writtenPhase(job)
    guard from >= 0, to <= plan.ops.count else { return Said() }
    return plan.withTables { tables in
      var writing = Writing(writer: self, tables: tables, job: job, output: output, ids: ids, phase: phase)
      writing.run(from, to)
      return writing.said
    }
  }

  /// The phase whose word is written: the job's own, unless that word would tell a client of a success that was none.
  private func writtenPhase(_ job: Job) -> Int {
    guard let phase = job.phase else { return -1 }
    guard let honesty = plan.honesty, honesty.phases & (1 << UInt32(phase.rawValue)) != 0 else {
      return Int(phase.rawValue)
    }
    let good = honesty.nodes[Int(phase.rawValue)]
    var looksGood = true
    job.forEachRow(.nodes, width: Table.nodes.width) { base in
      if good & (1 << UInt32(job.nodePhase(at: base).rawValue)) == 0 { looksGood = false }
    }
    return Int((looksGood ? honesty.instead : phase).rawValue)
  }
}
