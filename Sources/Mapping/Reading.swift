import JobModel
import Wire

/// One reading of one document. Faults of the text are the tokenizer's; `isOdd` is raised when a member is not what the
/// mapping says, and then the document is judged again, slowly, in the platform's own order.
///
/// What is called for each member is `mutating`, be it that it changes nothing: else it may be given a copy of all this.
struct Reading {
  /// The plan's owner, not the plan: copying the tables' references for each reading costs more than it saves.
  let reader: Reader
  let tables: ReadPlan.Tables
  let job: Job
  var tokens: Tokens
  let bytes: UnsafeRawBufferPointer
  /// The same again: where they begin, and how many there are.
  let base: UnsafeRawPointer
  let limit: Int
  let isRequest: Bool
  var isOdd = false
  var row = 0
  /// How the word of the row's node is to be understood once the row is read.
  var rowRule: OutcomeRule?
  var pendingID: Text?
  /// What is put into the job once everything is read: storing a text moves the bytes that are being read.
  var deferred: [(index: Int, value: Deferred)] = []
  /// Members that count in some phases only, and where they stood.
  var conditional: [(field: ReadPlan.Field, note: UnknownMember)] = []
  /// Bit n: a member of this document has filled slot n, which others can fill as well.
  var filledHere: UInt64 = 0
  /// The key read last, where it had to be looked up.
  var keyRead = TextRange(start: 0, length: 0)

  /// The compiled document.
  @inline(__always)
  var plan: ReadPlan { reader.plan }

  @inline(__always)
  var fields: Place<ReadPlan.Field> { tables.fields }

  mutating func document() {
    guard tokens.peek() == 0x7B else {
      isOdd = true
      _ = tokens.skip()
      return tokens.end()
    }
    if let name = plan.rules.unwrap, unwrap(name) { return tokens.end() }
    object(0)
    tokens.end()
  }

  /// What is only known at the end: the kind of work, the number behind an id, the outcome.
  mutating func finish(_ ids: JobIDs) {
    if let kind = plan.kind { job.kind = kind }
    finishID(ids)
    for (index, value) in deferred {
      switch value {
      case .text(let text): job.fill(index, job.add(text).cell)
      case .digits(let digits): job.fill(index, job.addRaw(digits).cell)
      case .names(let names): job.set(JobModel.Field(rawValue: UInt8(index)) ?? .targets, texts: names)
      }
    }
    job.settleIfDue()
    for (field, note) in conditional {
      if let phase = job.phase, field.phases & (1 << UInt32(phase.rawValue)) != 0 { continue }
      job.clear(JobModel.Field(rawValue: UInt8(field.index)) ?? .finished)
      job.addUnknown(note)
    }
  }

  /// Takes the number behind an id, or the id itself where there is none.
  func finishID(_ ids: JobIDs) {
    guard let id = pendingID else { return }
    if let number = ids.number(job.arena.bytes(id)), number >> 63 == 0 {
      job.set(.id, integer: Int64(bitPattern: number))
    } else {
      job.fill(Int(Field.id.rawValue), id.cell)
    }
  }

  /// A value that is not a piece of the document.
  enum Deferred {
    case text(String)
    case digits(String)
    case names([String])
  }

  /// Reads the object inside a member that wraps the whole document; false when the document is not wrapped.
  private mutating func unwrap(_ name: String) -> Bool {
    var ahead = tokens
    guard ahead.take(0x7B), ahead.peek() == 0x22 else { return false }
    let key = ahead.string()
    guard ahead.fault == nil, name.utf8.elementsEqual(bytes[key.start..<key.start + key.length]), ahead.take(0x3A),
      ahead.peek() == 0x7B
    else { return false }
    tokens = ahead
    object(0)
    while tokens.take(0x2C) {
      _ = tokens.string()
      tokens.expect(0x3A)
      _ = tokens.skip()
    }
    tokens.expect(0x7D)
    return true
  }

  mutating func object(_ number: Int) {
    guard tokens.take(0x7B), tokens.enter() else { return odd() }
    let object = tables.objects + number
    var seen: UInt64 = 0
    if !tokens.take(0x7D) {
      seen = members(object, number)
      tokens.expect(0x7D)
    }
    tokens.leave()
    if seen & object.required != object.required || object.oneOf && seen.nonzeroBitCount != 1 { isOdd = true }
  }

  /// One member of which the key has been read: whatever its value is.
  @inline(never)
  mutating func member(_ field: Place<ReadPlan.Field>, _ number: Int, _ seen: inout UInt64) {
    if seen & field.bit != 0, !takesAgain() { return }
    if isRequest, tokens.peek() == 0x6E { return value(field, objectNumber: number) }
    let (mark, read) = (tokens.at, keyRead)
    seen |= field.bit
    value(field, objectNumber: number)
    // Keys have been read inside it.
    keyRead = read
    if isOdd, !isRequest {
      noteOdd(field, from: mark, in: number)
    } else if field.phases != 0, !isRequest {
      remember(field, from: mark, in: number)
    }
  }

  /// Reads a key and the colon; gives the field it names, -2 when it names none, -1 after a fault.
  mutating func key(_ object: Place<ReadPlan.Object>, _ expected: inout Int) -> Int {
    _ = tokens.peek()
    if expected < object.first &+ object.count, isKey(fields + expected, tokens.at) {
      tokens.at &+= (fields + expected).keyLength
      expected &+= 1
      return expected &- 1
    }
    let key = tokens.string()
    tokens.expect(0x3A)
    if tokens.fault != nil { return -1 }
    keyRead = key
    let found = key.escaped ? findEscaped(key, object) : find(key, object)
    if found >= 0 {
      expected = found &+ 1
      return found
    }
    return -2
  }

  @inline(__always)
  private func find(_ key: TextRange, _ object: Place<ReadPlan.Object>) -> Int {
    let head = ReadPlan.Key.head(bytes, key.start, key.length)
    var place = ReadPlan.Key.hash(head, key.length) & object.mask
    while true {
      let number = tables.places[object.places &+ place]
      guard number > 0 else { return -1 }
      let index = object.first &+ Int(number) &- 1
      let known = tables.keys + index
      if known.head == head, known.length == key.length,
        key.length <= 8 || same(key.start &+ 8, known.start &+ 8, key.length &- 8)
      {
        return index
      }
      place = (place &+ 1) & object.mask
    }
  }

  @inline(never)
  private func findEscaped(_ key: TextRange, _ object: Place<ReadPlan.Object>) -> Int {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[key.start..<key.start + key.length])
    let plain = Array(JSONText.decoded(raw).utf8)
    for index in object.first..<object.first + object.count {
      let field = fields + index
      if plain.elementsEqual(plan.pool[field.key + 1..<field.key + field.keyLength - 2]) { return index }
    }
    return -1
  }

  /// Whether bytes of the document equal bytes of the pool.
  @inline(__always)
  func same(_ start: Int, _ poolStart: Int, _ length: Int) -> Bool {
    var offset = 0
    while offset < length {
      let one = base.load(fromByteOffset: start &+ offset, as: UInt8.self)
      if one != tables.pool.load(fromByteOffset: poolStart &+ offset, as: UInt8.self) { return false }
      offset &+= 1
    }
    return true
  }

  /// A known member came twice: whether the later one counts. The earlier one's value has been read.
  private mutating func takesAgain() -> Bool {
    switch plan.rules.duplicates {
    case .last: return true
    case .first: _ = tokens.skip()
    case .refuse:
      _ = tokens.skip()
      isOdd = true
    }
    return false
  }

  @inline(never)
  mutating func unknown(_ number: Int) {
    let value = tokens.skip()
    if isRequest, plan.rules.unknownMember != nil { isOdd = true }
    note(keyRead, value, number)
  }

  /// Keeps a member of an answer whose value is not what the mapping says: the hub has not understood it.
  @inline(never)
  private mutating func noteOdd(_ field: Place<ReadPlan.Field>, from mark: Int, in object: Int) {
    isOdd = false
    let key = key(of: field, before: mark)
    let isPart = bytes[mark...].first { $0 > 0x20 } == (field.action == .each ? 0x5B : 0x7B)
    let rows = field.action == .each ? Table(rawValue: UInt8(field.index)) : nil
    let table = field.action == .group ? .nodes : rows
    note(key, TextRange(start: mark, length: max(tokens.at - mark, 0)), object, partOf: isPart ? table?.field : nil)
  }

  /// The key whose value began at `mark`.
  private func key(of field: Place<ReadPlan.Field>, before mark: Int) -> TextRange {
    let end = mark > 0 && bytes[mark - 1] == 0x20 ? mark - 1 : mark
    let start = end - field.keyLength
    guard start >= 0, same(start, field.key, field.keyLength) else { return keyRead }
    return TextRange(start: start + 1, length: field.keyLength - 3)
  }

  /// Keeps in mind where a member stood that may turn out not to count.
  @inline(never)
  private mutating func remember(_ field: Place<ReadPlan.Field>, from mark: Int, in object: Int) {
    let slot = JobModel.Field(rawValue: UInt8(field.index)) ?? .finished
    guard tokens.fault == nil, field.action == .field, job.has(slot) else { return }
    let key = key(of: field, before: mark)
    conditional.append(
      (
        field.element,
        UnknownMember(
          object: object, key: Text(key), value: Text(start: mark, length: max(tokens.at - mark, 0)), partOf: nil)
      ))
  }

  /// Keeps a member that the hub has no word for.
  mutating func note(_ key: TextRange, _ value: TextRange, _ object: Int, partOf: JobModel.Field? = nil) {
    guard tokens.fault == nil else { return }
    job.addUnknown(
      UnknownMember(
        object: object, key: Text(start: key.start, length: key.length, escaped: key.escaped),
        value: Text(start: value.start, length: value.length, escaped: value.escaped), partOf: partOf))
  }

  /// A value that is not what the mapping says: passed over.
  @inline(never)
  mutating func odd() {
    isOdd = true
    if tokens.fault == nil { _ = tokens.skip() }
  }
}
