import JobModel
import Wire

/// One reading of one document. Faults of the text are the tokenizer's; `isOdd` is raised when a member is not what the
/// mapping says, and then the document is judged again, slowly, in the platform's own order.
struct Reading {
  let plan: ReadPlan
  let job: Job
  var tokens: Tokens
  let bytes: UnsafeRawBufferPointer
  var isOdd = false
  var row = 0
  var rowIsUnstarted = false
  var pendingID: Text?

  mutating func document() {
    job.pendingRule = nil
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
    if let id = pendingID {
      let raw = bytes.count >= id.start + id.length ? UnsafeRawBufferPointer(rebasing: bytes[id.start..<id.start + id.length]) : bytes
      if let number = ids.number(raw) { job.set(.id, text: "\(number)") } else { job.fill(Int(Field.id.rawValue), id.cell) }
    }
    job.settleIfDue()
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
    let object = plan.objects[number]
    var seen: UInt64 = 0
    guard tokens.take(0x7B), tokens.enter() else { return odd() }
    var expected = object.first
    if !tokens.take(0x7D) {
      repeat {
        let index = key(object, &expected)
        if tokens.fault != nil { return }
        if index < 0 { continue }
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: index &- object.first)
        if seen & bit != 0, !takesAgain() { continue }
        seen |= bit
        value(plan.fields[index], objectNumber: number)
      } while tokens.take(0x2C)
      tokens.expect(0x7D)
    }
    tokens.leave()
    if seen & object.required != object.required || object.oneOf && seen.nonzeroBitCount != 1 { isOdd = true }
  }

  /// Reads a key and the colon; gives the field it names, or -1 when it named none and its value has been passed over.
  @inline(__always)
  private mutating func key(_ object: ReadPlan.Object, _ expected: inout Int) -> Int {
    _ = tokens.peek()
    let end = object.first &+ object.count
    if expected < end {
      let field = plan.fields[expected]
      let hit = plan.pool.withUnsafeBytes { tokens.literal(UnsafeRawBufferPointer(rebasing: $0[field.key..<field.key &+ field.keyLength])) }
      if hit {
        expected &+= 1
        return expected &- 1
      }
    }
    let key = tokens.string()
    tokens.expect(0x3A)
    if tokens.fault != nil { return -1 }
    let found = key.escaped ? findEscaped(key, object) : find(key, object)
    if found >= 0 {
      expected = found &+ 1
      return found
    }
    unknown(key, object)
    return -1
  }

  @inline(__always)
  private func find(_ key: TextRange, _ object: ReadPlan.Object) -> Int {
    for index in object.first..<object.first &+ object.count {
      let field = plan.fields[index]
      if field.keyLength &- 3 == key.length, same(key.start, field.key &+ 1, key.length) { return index }
    }
    return -1
  }

  @inline(never)
  private func findEscaped(_ key: TextRange, _ object: ReadPlan.Object) -> Int {
    let plain = Array(JSONText.decoded(UnsafeRawBufferPointer(rebasing: bytes[key.start..<key.start + key.length])).utf8)
    for index in object.first..<object.first + object.count {
      let field = plan.fields[index]
      if plain.elementsEqual(plan.pool[field.key + 1..<field.key + field.keyLength - 2]) { return index }
    }
    return -1
  }

  /// Whether bytes of the document equal bytes of the pool.
  @inline(__always)
  func same(_ start: Int, _ poolStart: Int, _ length: Int) -> Bool {
    for offset in 0..<length where bytes[start &+ offset] != plan.pool[poolStart &+ offset] { return false }
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
  private mutating func unknown(_ key: TextRange, _ object: ReadPlan.Object) {
    let value = tokens.skip()
    if plan.isRequest, plan.rules.unknownMember != nil { isOdd = true }
    let number = plan.objects.firstIndex { $0.first == object.first } ?? 0
    note(key, value, number)
  }

  /// Keeps a member that the hub has no word for.
  mutating func note(_ key: TextRange, _ value: TextRange, _ object: Int) {
    guard tokens.fault == nil else { return }
    job.addUnknown(
      UnknownMember(
        object: object, key: Text(start: key.start, length: key.length, escaped: key.escaped),
        value: Text(start: value.start, length: value.length, escaped: value.escaped)))
  }

  /// A value that is not what the mapping says: passed over.
  @inline(never)
  mutating func odd() {
    isOdd = true
    if tokens.fault == nil { _ = tokens.skip() }
  }
}
