import JobModel
import Wire

/// What is done with the value of one member.
extension Reading {
  mutating func value(_ field: Place<ReadPlan.Field>, objectNumber: Int) {
    let first = tokens.peek()
    if field.unsetLength > 0, mayBeUnset(field), isUnset(field) { return }
    if first == 0x6E, field.action != .derived {
      tokens.null()
      return null(field)
    }
    switch field.action {
    case .field: scalar(field, first)
    case .object: first == 0x7B ? object(field.next) : odd()
    case .lone: lone(field, first)
    case .each: each(field)
    case .group: group(field)
    case .derived: _ = tokens.skip()
    case .segment: segment(field, first)
    case .foreign: foreign(first)
    }
  }

  /// Whether the value begins as the one that says there is none.
  @inline(__always)
  private func mayBeUnset(_ field: Place<ReadPlan.Field>) -> Bool {
    tokens.at &+ field.unsetLength <= bytes.count && same(tokens.at, field.unset, field.unsetLength)
  }

  /// Passes over a value that says there is none.
  private mutating func isUnset(_ field: Place<ReadPlan.Field>) -> Bool {
    var ahead = tokens
    let value = ahead.skip()
    guard ahead.fault == nil, value.length == field.unsetLength, same(value.start, field.unset, value.length) else {
      return false
    }
    tokens = ahead
    return true
  }

  /// The first object of an array; what else stands there the hub has no word for.
  private mutating func lone(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x5B, tokens.take(0x5B), tokens.enter() else { return odd() }
    if tokens.take(0x5D) { return tokens.leave() }
    if tokens.peek() == 0x7B {
      object(field.next)
    } else {
      isOdd = true
      _ = tokens.skip()
    }
    while tokens.take(0x2C) {
      isOdd = true
      _ = tokens.skip()
    }
    tokens.expect(0x5D)
    tokens.leave()
  }

  private mutating func null(_ field: Place<ReadPlan.Field>) {
    if isRequest {
      if plan.rules.nullIsWrong { isOdd = true }
      return
    }
    guard field.action == .field else { return }
    if field.isShared, filledHere & (1 << UInt64(field.index)) != 0 { return }
    if field.isColumn { job.fillNull(row: row, field.index) } else { job.fillNull(field.index) }
  }

  @inline(__always)
  mutating func put(_ field: Place<ReadPlan.Field>, _ value: UInt64) {
    if field.isShared, contradicts(field, value) { return isOdd = true }
    keep(field, value)
  }

  /// Fills a slot or a column that no other member of the document fills, or has filled.
  @inline(__always)
  mutating func keep(_ field: Place<ReadPlan.Field>, _ value: UInt64) {
    if field.isColumn { job.fill(row: row, field.index, value) } else { job.fill(field.index, value) }
  }

  /// Whether another member of this document has said something else of the same field: the first one counts.
  @inline(never)
  mutating func contradicts(_ field: Place<ReadPlan.Field>, _ value: UInt64) -> Bool {
    let bit: UInt64 = 1 << UInt64(field.index)
    defer { filledHere |= bit }
    guard filledHere & bit != 0, let form = Field(rawValue: UInt8(field.index))?.form else { return false }
    switch form {
    case .text, .number, .json:
      let (one, other) = (Text(cell: value), Text(cell: job[slot: field.index]))
      if !one.escaped, !other.escaped { return !job.arena.bytes(one).isSame(as: job.arena.bytes(other)) }
      return !job.decoded(one).utf8.elementsEqual(job.decoded(other).utf8)
    case .texts, .rows: return false
    default: return value != job[slot: field.index]
    }
  }

  private mutating func each(_ field: Place<ReadPlan.Field>) {
    guard let table = Table(rawValue: UInt8(truncatingIfNeeded: field.index)) else { return odd() }
    let width = table.width
    guard tokens.take(0x5B), tokens.enter() else { return odd() }
    job.beginRows(table)
    if !tokens.take(0x5D) {
      repeat {
        if tokens.peek() != 0x7B {
          isOdd = true
          _ = tokens.skip()
          continue
        }
        row = job.addRow(table, width: width)
        rowRule = nil
        object(field.next)
        if let rowRule { settle(rowRule) }
      } while tokens.take(0x2C)
      tokens.expect(0x5D)
    }
    tokens.leave()
  }

  /// A node that never started could not be reached; one whose program came back with something else than 0 has failed.
  private func settle(_ rule: OutcomeRule) {
    switch rule {
    case .byStart where !job.has(row: row, NodeColumn.started) && !job.has(row: row, NodeColumn.exit):
      job.fill(row: row, NodeColumn.phase, UInt64(NodePhase.unreachable.rawValue))
    case .byExit where job.has(row: row, NodeColumn.exit):
      guard !job.arena.bytes(Text(cell: job.cell(row: row, NodeColumn.exit))).elementsEqual([0x30]) else { return }
      job.fill(row: row, NodeColumn.phase, UInt64(NodePhase.failed.rawValue))
    default: break
    }
  }

  /// `{"running": ["a", "b"], …}`: a row a name.
  private mutating func group(_ field: Place<ReadPlan.Field>) {
    guard tokens.take(0x7B), tokens.enter() else { return odd() }
    job.beginRows(.nodes)
    if !tokens.take(0x7D) {
      repeat {
        let key = tokens.string()
        tokens.expect(0x3A)
        let found = word(key, plan.tables[plan.groupTable])
        guard tokens.take(0x5B), tokens.enter() else {
          odd()
          continue
        }
        if !tokens.take(0x5D) {
          repeat {
            guard tokens.peek() == 0x22 else {
              isOdd = true
              _ = tokens.skip()
              continue
            }
            let name = tokens.string()
            let base = job.addRow(.nodes, width: Table.nodes.width)
            job.fill(row: base, NodeColumn.name, Text(name).cell)
            job.fill(row: base, NodeColumn.phase, UInt64(found.value))
            if found.keepsRaw {
              job.fill(row: base, NodeColumn.word, Text(key).cell)
            }
          } while tokens.take(0x2C)
          tokens.expect(0x5D)
        }
        tokens.leave()
      } while tokens.take(0x2C)
      tokens.expect(0x7D)
    }
    tokens.leave()
  }

  /// The value a word stands for, whether the raw word must be kept, and how the outcome is settled.
  mutating func word(
    _ text: TextRange, _ table: ReadPlan.WordTable
  ) -> (value: UInt8, keepsRaw: Bool, rule: OutcomeRule?) {
    if !text.escaped {
      let head = ReadPlan.Key.head(bytes, text.start, text.length)
      for index in table.first..<table.first &+ table.count {
        let word = tables.words + index
        if word.head == head, word.length == text.length,
          word.length <= 8 || same(text.start &+ 8, word.start &+ 8, word.length &- 8)
        {
          return (word.value, word.isSecond, word.rule)
        }
      }
    }
    return (table.unknown, true, nil)
  }

  private mutating func segment(_ field: Place<ReadPlan.Field>, _ first: UInt8) {
    guard first == 0x22 else { return odd() }
    let text = tokens.string()
    guard tokens.fault == nil, !job.has(Field(rawValue: UInt8(truncatingIfNeeded: field.index)) ?? .id) else { return }
    var start = text.start + text.length
    while start > text.start, bytes[start - 1] != 0x2F { start -= 1 }
    let piece = Text(start: start, length: text.start + text.length - start, escaped: text.escaped)
    if field.index == Int(Field.id.rawValue), plan.idForm == .hex { pendingID = piece } else { put(field, piece.cell) }
  }

  /// The sealed entries of a canonical document.
  private mutating func foreign(_ first: UInt8) {
    guard first == 0x5B else { return odd() }
    let range = tokens.skip()
    guard tokens.fault == nil else { return }
    let text = String(decoding: bytes[range.start..<range.start + range.length], as: UTF8.self)
    job.foreign += Foreign.entries(text)
  }
}

extension Text {
  /// A piece of a document that lies in the arena.
  @inline(__always)
  init(_ range: TextRange) { self.init(start: range.start, length: range.length, escaped: range.escaped) }
}
