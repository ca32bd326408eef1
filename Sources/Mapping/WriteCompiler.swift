import JobModel

/// Compiles a document into a `WritePlan` for one profile.
struct WriteCompiler {
  private let dialect: Dialect
  private let profile: String
  private let document: String
  private var plan = WritePlan()
  private var tableIndex: [String: Int] = [:]

  /// The plan of one document of a checked dialect in a profile.
  static func compile(_ document: Document, _ dialect: Dialect, profile: String) -> WritePlan {
    var compiler = WriteCompiler(dialect: dialect, profile: profile, document: document.name)
    compiler.plan.infers = !dialect.isCanonical
    compiler.plan.idForm = dialect.ids.first ?? .text
    compiler.makeNodeWords()
    if document.list != nil, document.members.isEmpty {
      compiler.literal("[")
      compiler.emit(.init(code: .entries))
      compiler.literal("]")
    } else {
      compiler.literal("{")
      compiler.members(document.members)
      compiler.literal("}")
    }
    compiler.makeHonesty(document)
    compiler.plan.kind = document.request.flatMap { WorkKind(name: $0) }
    let carried = Carried(dialect, document.name, profile: profile)
    for field in JobModel.Field.allCases where carried.names.contains(field.name) { compiler.carry(.slot(field)) }
    compiler.joinLiterals()
    compiler.finish()
    return compiler.plan
  }

  /// Has literals that always follow each other written at once. What was joined stays where it is: it may be jumped to.
  private mutating func joinLiterals() {
    for index in plan.ops.indices.reversed() {
      let op = plan.ops[index]
      let next = op.jump > index ? op.jump : index + 1
      guard op.code == .literal, op.mask == 0, op.length > 0, next < plan.ops.count else { continue }
      let other = plan.ops[next]
      guard other.code == .literal, other.mask == 0, other.length > 0 else { continue }
      var text = Array(plan.pool[op.start..<op.start + op.length])
      let isFirst = text.last == 0x7B || text.last == 0x5B
      text += plan.pool[other.start..<other.start + other.length].dropFirst(
        isFirst && plan.pool[other.start] == 0x2C ? 1 : 0)
      plan.ops[index].start = plan.pool.count
      plan.ops[index].length = text.count
      plan.ops[index].jump = other.jump > next ? other.jump : next + 1
      plan.pool += text
    }
  }

  private mutating func finish() {
    for index in plan.ops.indices {
      let op = plan.ops[index]
      plan.ops[index].hasComma = op.length > 0 && plan.pool[op.start] == 0x2C
    }
    plan.pool += Array(repeating: 0, count: 32)
    // What is looked up in has a place to begin at.
    if plan.pieces.isEmpty { plan.pieces.append(.init()) }
    if plan.tables.isEmpty { plan.tables.append(.init()) }
    if plan.words.isEmpty { plan.words.append(.init()) }
  }

  private init(dialect: Dialect, profile: String, document: String) {
    self.dialect = dialect
    self.profile = profile
    self.document = document
  }

  private mutating func emit(_ op: WritePlan.Op) { plan.ops.append(op) }

  private mutating func pooled(_ text: String) -> (Int, Int) {
    let start = plan.pool.count
    plan.pool.append(contentsOf: text.utf8)
    return (start, plan.pool.count - start)
  }

  private mutating func literal(_ text: String) {
    var op = WritePlan.Op(code: .literal)
    (op.start, op.length) = pooled(text)
    emit(op)
  }

  private mutating func members(_ members: [Member]) {
    for member in members { add(member) }
  }

  private mutating func add(_ member: Member) {
    let variants = member.variants.filter { $0.profiles?.contains(profile) ?? true }
    var jumps: [Int] = []
    for variant in variants {
      let before = plan.ops.count
      add(variant, key: ",\"\(member.key)\":", jumps: &jumps)
      if let when = variant.when { condition(when, at: before) }
      if dialect.isCanonical, case .field(let target, _, _, _) = variant.value { nullOp(target, member.key, &jumps) }
    }
    if let absent = variants.last?.absent { literal(",\"\(member.key)\":\(absent)") }
    for jump in jumps { plan.ops[jump].jump = plan.ops.count }
  }

  private mutating func nullOp(_ target: Target, _ key: String, _ jumps: inout [Int]) {
    var op = WritePlan.Op(code: .null)
    (op.start, op.length) = pooled(",\"\(key)\":null")
    place(target, &op)
    jumps.append(plan.ops.count)
    emit(op)
  }

  private mutating func condition(_ when: Condition, at index: Int) {
    plan.ops[index].mask = when.mask
    switch when.target {
    case .slot(let field): plan.ops[index].conditionIndex = Int(field.rawValue)
    case .column(_, let column):
      plan.ops[index].conditionIndex = column
      plan.ops[index].conditionIsColumn = true
    }
  }

  private mutating func add(_ variant: Variant, key: String, jumps: inout [Int]) {
    var op = WritePlan.Op()
    (op.start, op.length) = pooled(key)
    switch variant.value {
    case .field(let target, let format, let words, let peeks):
      op.code = .field
      op.format = format
      op.omit = variant.omit == "false" ? 1 : variant.omit == "true" ? 2 : 0
      if op.omit == 0, let omit = variant.omit { (op.omitted, op.omittedLength) = pooled(omit) }
      if format == .shellWord {
        op.firstPiece = plan.frames.count
        plan.frames.append(variant.frame)
      }
      if format == .minutes { plan.minutes |= bit(target) }
      place(target, &op)
      for peek in peeks {
        carry(peek.target)
        if case (.slot(let field), .slot(let whole)) = (peek.target, target) {
          plan.peeked.append((field, peek.key, whole))
        } else {
          op.says |= bit(peek.target)
        }
      }
      if format == .whole { plan.whole |= bit(target) }
      if let words {
        op.words = table(words)
        if target == .slot(.kind), let kinds = dialect.words(words, profile: profile) {
          for kind in WorkKind.allCases where kinds.approximate[Int(kind.rawValue)] {
            plan.narrowedKinds |= 1 << UInt32(kind.rawValue)
          }
        }
      }
    case .object(let inner, let omitEmpty): return object(inner, op, omitEmpty: omitEmpty, &jumps)
    case .lone(let inner):
      op.isLone = true
      return object(inner, op, omitEmpty: false, &jumps)
    case .each(let rows, let inner):
      op.code = .rows
      op.table = rows.rawValue
      let start = plan.ops.count
      emit(op)
      literal("{")
      members(inner)
      literal("}")
      // Behind the rows, an operation that only goes on: reached after the last row, or at once when there is none.
      plan.ops[start].jump = plan.ops.count
      jumps.append(plan.ops.count)
      var end = WritePlan.Op(code: .close)
      end.format = .bool
      emit(end)
      plan.ops[start].pieces = plan.ops.count
      return
    case .group:
      op.code = .group
      carry(.column(.nodes, NodeColumn.name))
      carry(.column(.nodes, NodeColumn.phase))
    case .count(let rows):
      op.code = .count
      op.table = rows.rawValue
    case .counts: op.code = .counts
    case .const(let json):
      (op.start, op.length) = pooled(key + json)
      op.code = .literal
    case .template(let pieces, let reads):
      op.code = .template
      if let reads { op.says |= bit(.slot(reads)) }
      if pieces.count == 1, case .value(.slot(let field)) = pieces[0] { op.says |= bit(.slot(field)) }
      op.firstPiece = plan.pieces.count
      op.pieces = pieces.count
      for piece in pieces { add(piece) }
    case .foreign: op.code = .foreign
    case .entries:
      literal(key + "[")
      emit(.init(code: .entries))
      literal("]")
      return
    }
    jumps.append(plan.ops.count)
    emit(op)
  }

  /// An object and its members; what comes behind it is reached over `jumps`.
  private mutating func object(_ inner: [Member], _ op: WritePlan.Op, omitEmpty: Bool, _ jumps: inout [Int]) {
    let open = plan.ops.count
    emit(op)
    plan.ops[open].code = .open
    members(inner)
    var close = WritePlan.Op(code: .close)
    close.flag = omitEmpty
    close.isLone = op.isLone
    close.jump = plan.ops.count + 1
    jumps.append(plan.ops.count)
    emit(close)
    plan.ops[open].jump = plan.ops.count
  }

  private mutating func add(_ piece: Piece) {
    var op = WritePlan.PieceOp()
    switch piece {
    case .literal(let text): (op.start, op.length) = pooled(text)
    case .value(let target):
      op.form = target.form
      switch target {
      case .slot(let field): op.index = Int(field.rawValue)
      case .column(_, let column):
        op.index = column
        op.isColumn = true
      }
    }
    plan.pieces.append(op)
  }

  private mutating func place(_ target: Target, _ op: inout WritePlan.Op) {
    carry(target)
    op.says |= bit(target)
    switch target {
    case .slot(let field): op.index = Int(field.rawValue)
    case .column(_, let column):
      op.index = column
      op.isColumn = true
    }
  }

  private func bit(_ target: Target) -> UInt64 {
    switch target {
    case .slot(let field): 1 << UInt64(field.rawValue)
    case .column(_, let column): 1 << UInt64(column)
    }
  }

  private mutating func carry(_ target: Target) {
    switch target {
    case .slot(let field): plan.carries |= 1 << UInt64(field.rawValue)
    case .column(let table, let column): plan.columns[Int(table.rawValue)] |= 1 << UInt64(column)
    }
  }

  private mutating func table(_ name: String) -> Int {
    if let known = tableIndex[name] { return known }
    guard let words = dialect.words(name, profile: profile) else { return 0 }
    tableIndex[name] = add(words)
    return plan.tables.count - 1
  }

  private mutating func add(_ words: Words) -> Int {
    plan.tables.append(
      .init(first: plan.words.count, count: words.written.count, isOfNodes: words.of == .node))
    for text in words.written {
      var word = WritePlan.Word()
      (word.start, word.length) = text.isEmpty ? (0, 0) : pooled("\"\(text)\"")
      for (index, other) in words.written.enumerated() where other == text { word.sharers |= 1 << UInt32(index) }
      plan.words.append(word)
    }
    return plan.tables.count - 1
  }

  private mutating func makeNodeWords() {
    guard let base = dialect.words("node", profile: profile) else { return }
    let plain = add(base)
    for phase in Phase.allCases {
      guard let other = dialect.nodeWhen[phase] else {
        plan.nodeWords.append(plain)
        continue
      }
      plan.nodeWords.append(add(base.overridden(by: other)))
    }
  }

  /// Finds where the usual word would read as a success that was none (law 5), and which words narrow.
  private mutating func makeHonesty(_ document: Document) {
    guard let phases = dialect.words("phase", profile: profile) else { return }
    for phase in Phase.allCases where phases.approximate[Int(phase.rawValue)] {
      let word = phases.written[Int(phase.rawValue)]
      if !settles(dialect.outcomes[word], phase) { plan.narrowedPhases |= 1 << UInt32(phase.rawValue) }
    }
    let nodes = dialect.words("node", profile: profile)
    plan.narrowedNodes = Phase.allCases.map { phase in
      nodes.map { narrowed(dialect.nodeWhen[phase].map($0.overridden) ?? $0) } ?? 0
    }
    let shows = document.members.contains { if case .group? = $0.variants.first?.value { true } else { false } }
    guard let instead = dialect.dishonest, shows, let nodes else { return }
    var honesty = WritePlan.Honesty(instead: instead)
    let flattering = Phase.allCases.filter { phases.written[Int($0.rawValue)] == dialect.success.word }
    for phase in flattering where phase != .succeeded {
      honesty.phases |= 1 << UInt32(phase.rawValue)
    }
    for phase in Phase.allCases {
      let table = dialect.nodeWhen[phase].map { nodes.overridden(by: $0) } ?? nodes
      var good: UInt32 = 0
      for node in NodePhase.allCases where dialect.success.nodes.contains(table.written[Int(node.rawValue)]) {
        good |= 1 << UInt32(node.rawValue)
      }
      honesty.nodes.append(good)
    }
    plan.honesty = honesty
  }

  /// Node phases whose word is read back as another: bit n.
  private func narrowed(_ nodes: Words) -> UInt32 {
    NodePhase.allCases.reduce(0) { found, phase in
      guard nodes.approximate[Int(phase.rawValue)] else { return found }
      let restored = phase == .unreachable && dialect.nodeOutcomes[nodes.written[Int(phase.rawValue)]] == .byStart
      return restored ? found : found | 1 << UInt32(phase.rawValue)
    }
  }

  private func settles(_ rule: OutcomeRule?, _ phase: Phase) -> Bool {
    switch rule {
    case .byNodes?: [.succeeded, .failed, .ended].contains(phase)
    case .byCause?: [.failed, .rejected, .crashed].contains(phase)
    case .byStart?: [.failed, .rejected].contains(phase)
    case .byExit?, nil: false
    }
  }
}
