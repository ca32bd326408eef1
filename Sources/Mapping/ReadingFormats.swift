import JobModel
import Wire

/// Every format, one line each.
extension Reading {
  mutating func scalar(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    switch field.format {
    case .text: first == 0x22 ? put(field, text()) : odd()
    case .number, .whole: number(field, first)
    case .numberText, .idDigits: first == 0x22 ? quotedNumber(field) : field.loose ? number(field, first) : odd()
    case .idNumber: number(field, first)
    case .bool: bool(field, first)
    case .json: json(field, first)
    case .strings, .flat: object(field, first)
    case .names: names(field, first)
    case .word: first == 0x22 ? word(field) : odd()
    case .iso8601, .iso8601Millis: first == 0x22 ? time(field) { Times.parseISO8601($0) } : odd()
    case .rfc1123: first == 0x22 ? time(field) { Times.parseRFC1123($0) } : odd()
    case .epochSeconds: epoch(field, first) { Times.parseEpochSeconds($0) }
    case .epochMillis: epoch(field, first) { Times.parseEpochMillis($0) }
    case .hex: first == 0x22 ? hex(field) : odd()
    case .inlineFile: first == 0x22 ? file(field) : odd()
    case .textOrFirst: textOrFirst(field, first)
    case .shellWord: first == 0x22 ? shellWord(field) : odd()
    case .hostList: first == 0x22 ? hostList(field) : odd()
    case .minutes: minutes(field, first)
    }
  }

  @inline(__always)
  private mutating func text() -> UInt64 {
    let text = tokens.string()
    return Text(start: text.start, length: text.length, escaped: text.escaped).cell
  }

  private mutating func number(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    if first == 0x22, field.loose || field.format == .idNumber { return quotedNumber(field) }
    guard first == 0x2D || (0x30...0x39).contains(first) else { return odd() }
    let digits = tokens.number()
    if isRequest, !isInteger(digits) { isOdd = true }
    put(field, Text(start: digits.start, length: digits.length).cell)
  }

  /// Digits in a string; what is none is odd.
  private mutating func quotedNumber(_ field: Place<ReadPlan.Field>) {
    let text = tokens.string()
    guard tokens.fault == nil else { return }
    var inner = Tokens(UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.start + text.length]))
    let digits = inner.number()
    inner.end()
    guard inner.fault == nil, digits.length == text.length else { return isOdd = true }
    if isRequest, !isInteger(text) { isOdd = true }
    put(field, Text(start: text.start, length: text.length).cell)
  }

  /// An integer of 18 digits at most.
  private func isInteger(_ digits: TextRange) -> Bool {
    guard digits.length <= 19 else { return false }
    return bytes[digits.start..<digits.start + digits.length].allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private mutating func bool(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x74 || first == 0x66 else { return odd() }
    put(field, tokens.bool() ? 1 : 0)
  }

  private mutating func json(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    if field.mustBeObject, first != 0x7B { return odd() }
    if field.peeks > 0, first == 0x7B { return peek(field) }
    let range = tokens.skip()
    put(field, Text(start: range.start, length: range.length).cell)
  }

  private mutating func object(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x7B else { return odd() }
    let mark = job.cellCount
    let range = pass { reading, key, value in
      if field.refusesRepeated { reading.job.addCell(Text(key).cell) }
      let first = reading.bytes[value.start]
      if field.format == .strings ? first != 0x22 : first == 0x7B || first == 0x5B { reading.isOdd = true }
    }
    put(field, Text(range).cell)
    if field.refusesRepeated {
      if repeats(mark) { isOdd = true }
      job.truncateCells(to: mark)
    }
  }

  /// Whether two of the keys noted from a cell on are the same: a few plain ones are compared as they stand, others
  /// decoded.
  private func repeats(_ mark: Int) -> Bool {
    let count = job.cellCount - mark
    let keys = (mark..<mark + count).lazy.map { Text(cell: job.cell($0)) }
    guard count > 12 || keys.contains(where: { $0.escaped }) else {
      for one in 0..<count {
        let key = Text(cell: job.cell(mark + one))
        for other in one + 1..<max(count, one + 1) {
          let next = Text(cell: job.cell(mark + other))
          if key.length == next.length, job.arena.bytes(key).isSame(as: job.arena.bytes(next)) { return true }
        }
      }
      return false
    }
    return Set(keys.map { Array(job.decoded($0).utf8) }).count < count
  }

  private mutating func names(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x5B, tokens.take(0x5B), tokens.enter() else { return odd() }
    let start = job.cellCount
    if !tokens.take(0x5D) {
      repeat {
        guard tokens.peek() == 0x22 else {
          odd()
          continue
        }
        job.addCell(text())
      } while tokens.take(0x2C)
      tokens.expect(0x5D)
    }
    tokens.leave()
    if field.refusesEmpty, job.cellCount == start { isOdd = true }
    if isOdd, !isRequest { return job.truncateCells(to: start) }
    put(field, Span32(start: start, count: job.cellCount - start).cell)
  }

  private mutating func word(_ field: Place<ReadPlan.Field>) {
    let text = tokens.string()
    guard tokens.fault == nil else { return }
    if field.isShared, contradicts(field, UInt64(word(text, plan.tables[field.next]).value)) { return isOdd = true }
    keepWord(field, text)
  }

  /// Takes a word for what it says.
  mutating func keepWord(_ field: Place<ReadPlan.Field>, _ text: TextRange) {
    let table = plan.tables[field.next]
    let found = word(text, table)
    keep(field, UInt64(found.value))
    let raw = Text(start: text.start, length: text.length, escaped: text.escaped).cell
    if found.keepsRaw, table.rawIndex > 0 {
      if field.isColumn { job.fill(row: row, table.rawIndex, raw) } else { job.fill(table.rawIndex, raw) }
    }
    if !field.isColumn, field.index == Int(Field.phase.rawValue) { job.pendingRule = found.rule }
    guard let rule = found.rule else { return }
    if field.isColumn { rowRule = rule } else { job.pendingRule = rule }
  }

  private mutating func time(_ field: Place<ReadPlan.Field>, _ parse: (UnsafeRawBufferPointer) -> Int64?) {
    let text = tokens.string()
    guard tokens.fault == nil else { return }
    guard let time = parse(UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.start + text.length])) else {
      return isOdd = true
    }
    put(field, UInt64(bitPattern: time))
  }

  private mutating func epoch(
    _ field: Place<ReadPlan.Field>, _ first: UInt8, _ parse: (UnsafeRawBufferPointer) -> Int64?
  ) {
    guard first == 0x2D || (0x30...0x39).contains(first) else { return odd() }
    let digits = tokens.number()
    guard tokens.fault == nil else { return }
    guard let time = parse(UnsafeRawBufferPointer(rebasing: bytes[digits.start..<digits.start + digits.length])) else {
      return isOdd = true
    }
    put(field, UInt64(bitPattern: time))
  }

  private mutating func hex(_ field: Place<ReadPlan.Field>) {
    let text = tokens.string()
    guard tokens.fault == nil else { return }
    pendingID = Text(start: text.start, length: text.length, escaped: text.escaped)
  }

  private mutating func file(_ field: Place<ReadPlan.Field>) {
    let text = tokens.string()
    guard tokens.fault == nil else { return }
    put(field, Text(start: text.start, length: text.length, escaped: text.escaped).cell)
    if field.checksFile {
      let raw = UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.start + text.length])
      if !text.escaped ? InlineFile.fault(raw) != nil : InlineFile.fault(JSONText.decoded(raw)) != nil { isOdd = true }
    }
  }

  private mutating func textOrFirst(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    if first == 0x22 { return put(field, text()) }
    var ahead = tokens
    guard first == 0x5B, ahead.take(0x5B), ahead.peek() == 0x22, tokens.take(0x5B) else { return odd() }
    put(field, text())
    while tokens.take(0x2C) { _ = tokens.skip() }
    tokens.expect(0x5D)
  }

  private mutating func decoded() -> String {
    let text = tokens.string()
    guard tokens.fault == nil else { return "" }
    let raw = UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.start + text.length])
    return text.escaped ? JSONText.decoded(raw) : String(decoding: raw, as: UTF8.self)
  }

  private mutating func shellWord(_ field: Place<ReadPlan.Field>) {
    guard let text = plan.frames[field.next].inside(decoded()).flatMap(ShellWord.text) else { return isOdd = true }
    deferred.append((field.index, .text(text)))
  }

  private mutating func hostList(_ field: Place<ReadPlan.Field>) {
    guard let names = HostList.names(decoded()) else { return isOdd = true }
    deferred.append((field.index, .names(names)))
  }

  private mutating func minutes(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x2D || (0x30...0x39).contains(first) else { return odd() }
    let digits = tokens.number()
    guard tokens.fault == nil, digits.length < 12,
      let minutes = Int64(String(decoding: bytes[digits.start..<digits.start + digits.length], as: UTF8.self))
    else { return isOdd = true }
    deferred.append((field.index, .digits("\(minutes * 60)")))
  }

  /// Looks at single members of a value that is carried whole.
  private mutating func peek(_ field: Place<ReadPlan.Field>) {
    let range = pass { reading, key, value in reading.peek(field, key, value) }
    put(field, Text(range).cell)
  }

  private mutating func peek(_ field: Place<ReadPlan.Field>, _ key: TextRange, _ value: TextRange) {
    let first = bytes[value.start]
    for index in field.firstPeek..<field.firstPeek + field.peeks {
      let wanted = plan.peeks[index]
      guard wanted.length == key.length, same(key.start, wanted.start, key.length) else { continue }
      let isText = first == 0x22
      guard wanted.isText ? isText : (first == 0x2D || (0x30...0x39).contains(first)) else { continue }
      let text =
        isText
        ? Text(start: value.start + 1, length: value.length - 2, escaped: true)
        : Text(start: value.start, length: value.length)
      if wanted.isColumn { job.fill(row: row, wanted.index, text.cell) } else { job.fill(wanted.index, text.cell) }
    }
  }
}
