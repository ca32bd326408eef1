import JobModel

/// Compiles a document into a `ReadPlan`. Objects are numbered breadth first, parents before children.
struct ReadCompiler {
  private let dialect: Dialect
  private var plan = ReadPlan()
  private var tableIndex: [String: Int] = [:]

  /// The plan of one document of a checked dialect; it reads every profile.
  static func compile(_ document: Document, _ dialect: Dialect) -> ReadPlan {
    var compiler = ReadCompiler(dialect: dialect)
    compiler.plan.isRequest = document.request != nil
    compiler.plan.rules = document.rules
    compiler.plan.kind = document.request.flatMap { WorkKind(name: $0) }
    compiler.plan.idForm = dialect.ids.first ?? .text
    if compiler.plan.kind != nil { compiler.plan.carries |= 1 << UInt64(JobModel.Field.kind.rawValue) }
    compiler.plan.groupTable = compiler.table("node", of: .node, isColumn: true)
    var waiting: [(members: [Member], table: Table?, path: String, oneOf: Bool)] = [(document.members, nil, "", false)]
    var at = 0
    while at < waiting.count {
      compiler.add(waiting[at], &waiting)
      at += 1
    }
    compiler.markShared()
    for index in compiler.plan.fields.indices { compiler.makeQuick(index) }
    let pool = compiler.plan.pool
    compiler.plan.keys = ContiguousArray(compiler.plan.fields.map { ReadPlan.Key($0, in: pool) })
    for object in compiler.plan.objects.indices { compiler.makePlaces(object) }
    // A list of jobs without anything around it has none of its own: one that is never found, for the table to have a place.
    if compiler.plan.fields.isEmpty {
      compiler.plan.fields.append(.init())
      compiler.plan.keys.append(.init())
      compiler.plan.pool.append(0)
    }
    if compiler.plan.words.isEmpty { compiler.plan.words.append(.init()) }
    return compiler.plan
  }

  /// Fills an object's hash table, which is at most half full.
  private mutating func makePlaces(_ index: Int) {
    let object = plan.objects[index]
    var size = 2
    while size < object.count * 2 { size *= 2 }
    var places = ContiguousArray<UInt8>(repeating: 0, count: size)
    for number in 0..<object.count {
      let key = plan.keys[object.first + number]
      var place = ReadPlan.Key.hash(key.head, key.length) & (size - 1)
      while places[place] != 0 { place = (place + 1) & (size - 1) }
      places[place] = UInt8(number + 1)
    }
    plan.objects[index].places = plan.places.count
    plan.objects[index].mask = size - 1
    plan.places += places
  }

  /// What a member is known by at one look, and whether its value may be read at one.
  private mutating func makeQuick(_ index: Int) {
    var field = plan.fields[index]
    let length = field.keyLength
    plan.pool.withUnsafeBytes { pool in
      let key = UnsafeRawBufferPointer(rebasing: pool[field.key..<field.key + length])
      field.head = ReadPlan.Key.head(key, 0, length)
      field.mask = length >= 8 ? ~0 : ~(~0 << UInt64(8 * length))
      if length > 8 { field.tail = ReadPlan.Key.head(key, length - 8, 8) }
    }
    field.plain = plain(field)
    plan.fields[index] = field
  }

  private func plain(_ field: ReadPlan.Field) -> ReadPlan.Plain {
    if field.isShared || field.unsetLength > 0 || field.phases != 0 { return .none }
    if field.action == .derived { return .passed }
    guard field.action == .field, field.peeks == 0 else { return .none }
    switch field.format {
    case .text: return .text
    case .number, .whole, .idNumber: return .number
    case .numberText, .idDigits: return .digits
    case .bool: return .bool
    case .word: return .word
    case .names: return .names
    case .iso8601, .iso8601Millis: return .iso8601
    case .rfc1123: return .rfc1123
    default: return .none
    }
  }

  /// Finds the slots that several members of an answer fill.
  private mutating func markShared() {
    guard !plan.isRequest else { return }
    let fills = plan.fields.indices.filter { plan.fields[$0].action == .field && !plan.fields[$0].isColumn }
    for index in fills {
      plan.fields[index].isShared = fills.contains { $0 != index && plan.fields[$0].index == plan.fields[index].index }
    }
  }

  private init(dialect: Dialect) { self.dialect = dialect }

  private mutating func add(
    _ object: (members: [Member], table: Table?, path: String, oneOf: Bool),
    _ waiting: inout [(members: [Member], table: Table?, path: String, oneOf: Bool)]
  ) {
    var found = ReadPlan.Object(first: plan.fields.count, count: 0, required: 0, oneOf: object.oneOf)
    plan.paths.append(object.path)
    for member in object.members {
      guard let variant = member.variants.first(where: { !$0.oneWay }) ?? member.variants.first else { continue }
      var field = self.field(variant, member, object.table, object.path, &waiting)
      if variant.oneWay { field.action = .derived }
      for key in [member.key] + variant.also {
        let literal = Array("\"\(key)\":".utf8)
        field.key = plan.pool.count
        field.keyLength = literal.count
        plan.pool.append(contentsOf: literal)
        if key == member.key { field.bit = 1 << UInt64(found.count) }
        if variant.required { found.required |= field.bit }
        plan.fields.append(field)
        found.count += 1
      }
    }
    plan.objects.append(found)
  }

  private mutating func field(
    _ variant: Variant, _ member: Member, _ table: Table?, _ path: String,
    _ waiting: inout [(members: [Member], table: Table?, path: String, oneOf: Bool)]
  ) -> ReadPlan.Field {
    var field = ReadPlan.Field()
    field.loose = variant.loose
    field.mustBeObject = variant.mustBeObject
    field.refusesEmpty = variant.says["empty"] != nil
    field.refusesRepeated = variant.says["repeated"] != nil
    let here = path + "/" + member.key
    if let unset = variant.unset {
      field.unset = plan.pool.count
      field.unsetLength = unset.utf8.count
      plan.pool.append(contentsOf: unset.utf8)
    }
    if table == nil, let when = variant.when, when.target == .slot(.phase) { field.phases = when.mask }
    switch variant.value {
    case .field(let target, let format, let words, let peeks):
      field.action = .field
      field.format = format
      field.checksFile = format == .inlineFile
      (field.index, field.isColumn) = place(target)
      if let words { field.next = self.table(words, of: target.wordsOf, isColumn: field.isColumn) }
      if format == .shellWord {
        field.next = plan.frames.count
        plan.frames.append(variant.frame)
      }
      field.firstPeek = plan.peeks.count
      field.peeks = peeks.count
      for peek in peeks { add(peek) }
    case .object(let members, _):
      field.action = .object
      field.next = waiting.count
      waiting.append((members, table, here, variant.oneOf))
    case .lone(let members):
      field.action = .lone
      field.next = waiting.count
      waiting.append((members, table, here + "/0", false))
    case .each(let rows, let members):
      field.action = .each
      field.index = Int(rows.rawValue)
      field.next = waiting.count
      plan.carries |= 1 << UInt64(rows.field.rawValue)
      waiting.append((members, rows, here + "/*", false))
    case .group:
      field.action = .group
      plan.carries |= 1 << UInt64(JobModel.Field.nodes.rawValue)
    case .template(let pieces, let reads):
      if let reads {
        field.action = .segment
        (field.index, field.isColumn) = place(.slot(reads))
      } else if pieces.count == 1, case .value(let target) = pieces[0], target.form == .text {
        field.action = .field
        field.format = .text
        (field.index, field.isColumn) = place(target)
      }
    case .foreign: field.action = .foreign
    case .count, .counts, .const, .entries: field.action = .derived
    }
    return field
  }

  private mutating func place(_ target: Target) -> (Int, Bool) {
    switch target {
    case .slot(let field):
      plan.carries |= 1 << UInt64(field.rawValue)
      return (Int(field.rawValue), false)
    case .column(_, let column): return (column, true)
    }
  }

  private mutating func add(_ peek: Peek) {
    var found = ReadPlan.PeekAt()
    found.start = plan.pool.count
    found.length = peek.key.utf8.count
    plan.pool.append(contentsOf: peek.key.utf8)
    (found.index, found.isColumn) = place(peek.target)
    found.isText = peek.target.form == .text
    plan.peeks.append(found)
  }

  private mutating func table(_ name: String, of: Words.Of, isColumn: Bool) -> Int {
    let key = "\(name) \(isColumn)"
    if let known = tableIndex[key] { return known }
    guard let base = dialect.words[name] else { return 0 }
    var table = ReadPlan.WordTable(first: plan.words.count)
    let words = dialect.profiles.reduce(base) {
      $0.overridden(by: dialect.overrides[$1]?[name] ?? Words(name: name, of: of))
    }
    for (word, value) in words.read {
      var found = ReadPlan.Word(start: plan.pool.count, length: word.utf8.count, value: value)
      found.head = Array(word.utf8).withUnsafeBytes { ReadPlan.Key.head($0, 0, $0.count) }
      plan.pool.append(contentsOf: word.utf8)
      found.isSecond = base.written[Int(value)] != word
      found.rule = of == .phase && !isColumn ? dialect.outcomes[word] : of == .node ? dialect.nodeOutcomes[word] : nil
      plan.words.append(found)
      table.count += 1
    }
    switch of {
    case .phase:
      table.unknown = (dialect.unknownIsOver ? Phase.unknownOver : .unknown).rawValue
      table.rawIndex = isColumn ? HistoryColumn.word : Int(JobModel.Field.word.rawValue)
    case .node:
      table.unknown = (dialect.unknownIsOver ? NodePhase.unknownOver : .unknown).rawValue
      table.rawIndex = NodeColumn.word
    case .kind: table.unknown = WorkKind.task.rawValue
    case .flag: table.unknown = 0
    case .event:
      table.unknown = EventKind.unknown.rawValue
      table.rawIndex = EventColumn.word
    }
    plan.tables.append(table)
    tableIndex[key] = plan.tables.count - 1
    return plan.tables.count - 1
  }
}
