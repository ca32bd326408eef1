import JobModel
import Wire

/// What is read at one look. Most members stand where they are expected, with a value that is what the mapping says, without
/// escapes and beyond ASCII nothing; everything else, faults above all, goes the long way, `Reading.member`, from the same byte on.
extension Reading {
  /// Reads the members of an object, up to where it ends or cannot go on. Gives the bits of those that came.
  mutating func members(_ object: Place<ReadPlan.Object>, _ number: Int) -> UInt64 {
    // All of this in registers, not where the tokenizer keeps it.
    let (fields, base, limit, end) = (fields, base, limit, object.first &+ object.count)
    var expected = object.first
    var seen: UInt64 = 0
    var at = tokens.at
    while true {
      var index = expected
      if index < end, isKey(fields + index, at) {
        at = behindSpace(at &+ (fields + index).keyLength)
        expected = index &+ 1
      } else if index &+ 1 < end, isKey(fields + (index &+ 1), at) {
        // One that need not be there is not.
        index &+= 1
        at = behindSpace(at &+ (fields + index).keyLength)
        expected = index &+ 1
      } else {
        tokens.at = at
        index = key(object, &expected)
        if index == -2 { unknown(number) }
        at = tokens.at
      }
      if index >= 0 {
        let field = fields + index
        var next = -1
        if seen & field.bit == 0, field.plain != .none, at &+ 8 <= limit {
          if base.load(fromByteOffset: at, as: UInt8.self) == 0x22 {
            let close = Tokens.plainEnd(base, from: at &+ 1, limit: limit)
            if close >= 0, text(field, at &+ 1, close) { next = close &+ 1 }
          } else {
            next = plain(field, at)
          }
        }
        if next >= 0 {
          seen |= field.bit
          at = next
        } else {
          tokens.at = at
          member(field, number, &seen)
          at = tokens.at
        }
      }
      if at < limit, base.load(fromByteOffset: at, as: UInt8.self) == 0x2C {
        at = behindSpace(at &+ 1)
        continue
      }
      tokens.at = at
      guard tokens.take(0x2C) else { return seen }
      at = tokens.at
    }
  }

  /// Whether this member's `"key":` stands there.
  @inline(__always)
  func isKey(_ field: Place<ReadPlan.Field>, _ at: Int) -> Bool {
    let length = field.keyLength
    guard at &+ length <= limit, at &+ 8 <= limit else { return false }
    guard (word(at) ^ field.head) & field.mask == 0 else { return false }
    if length <= 8 { return true }
    guard word(at &+ length &- 8) == field.tail else { return false }
    return length <= 16 || same(at &+ 8, field.key &+ 8, length &- 16)
  }

  @inline(__always)
  private func word(_ at: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always)
  private func byte(_ at: Int) -> UInt8 { base.load(fromByteOffset: at, as: UInt8.self) }

  /// Many writers put one space behind a colon and a comma.
  @inline(__always)
  private func behindSpace(_ at: Int) -> Int { at < limit && byte(at) == 0x20 ? at &+ 1 : at }

  /// Takes in the text from `start` to its quote, which is plain; false when that is not what the value has to be, and then
  /// nothing has happened.
  @inline(__always)
  private mutating func text(_ field: Place<ReadPlan.Field>, _ start: Int, _ close: Int) -> Bool {
    switch field.plain {
    case .passed: return true
    case .text:
      keep(field, Text(start: start, length: close &- start).cell)
      return true
    case .word:
      keepWord(field, TextRange(start: start, length: close &- start))
      return true
    case .iso8601: return time(field, start, close) { Times.parseISO8601($0) }
    case .rfc1123: return time(field, start, close) { Times.parseRFC1123($0) }
    case .digits:
      guard digitsEnd(start) == close else { return false }
      keep(field, Text(start: start, length: close &- start).cell)
      return true
    case .none, .number, .bool, .names: return false
    }
  }

  /// Reads any other plain value and gives the place behind it; -1 when it is none, and then nothing has happened.
  private mutating func plain(_ field: Place<ReadPlan.Field>, _ at: Int) -> Int {
    let word = word(at)
    if word & 0xFFFF_FFFF == 0x6C6C_756E, field.plain != .passed, !isRequest {
      // An answer's null is plain; a request's has rules of its own.
      if field.isColumn { job.fillNull(row: row, field.index) } else { job.fillNull(field.index) }
      return at &+ 4
    }
    switch field.plain {
    case .number, .passed:
      let end = digitsEnd(at)
      guard end > at, byte(end) == 0x2C || byte(end) == 0x7D || byte(end) == 0x5D else { return -1 }
      if field.plain == .number { keep(field, Text(start: at, length: end &- at).cell) }
      return end
    case .bool:
      if word & 0xFFFF_FFFF == 0x6575_7274 {
        keep(field, 1)
        return at &+ 4
      }
      guard word & 0xFF_FFFF_FFFF == 0x65_736C_6166 else { return -1 }
      keep(field, 0)
      return at &+ 5
    case .names: return names(field, at)
    case .none, .text, .word, .digits, .iso8601, .rfc1123: return -1
    }
  }

  /// Passes an object that begins here, whatever is in it, and hands out each member: its key, and its value.
  mutating func pass(_ act: (inout Reading, TextRange, TextRange) -> Void) -> TextRange {
    _ = tokens.peek()
    let start = tokens.at
    guard tokens.take(0x7B), tokens.enter() else { return TextRange(start: start, length: 0) }
    if !tokens.take(0x7D) {
      repeat {
        let key = self.key()
        var value = TextRange(start: tokens.at, length: 0)
        if let end = stringEnd(tokens.at) {
          value.length = end &- value.start
          tokens.at = end
        } else {
          value = tokens.skip()
        }
        if tokens.fault != nil { break }
        act(&self, key, value)
      } while tokens.take(0x2C)
      tokens.expect(0x7D)
    }
    tokens.leave()
    return TextRange(start: start, length: tokens.at - start)
  }

  /// Passes a key and its colon.
  @inline(__always)
  private mutating func key() -> TextRange {
    let at = tokens.at
    if let end = stringEnd(at), end < limit, byte(end) == 0x3A {
      tokens.at = behindSpace(end &+ 1)
      return TextRange(start: at &+ 1, length: end &- at &- 2)
    }
    let key = tokens.string()
    tokens.expect(0x3A)
    return key
  }

  /// The place behind the plain string that begins there; nil if none does.
  @inline(__always)
  private func stringEnd(_ at: Int) -> Int? {
    guard at < limit, byte(at) == 0x22 else { return nil }
    let close = Tokens.plainEnd(base, from: at &+ 1, limit: limit)
    return close < 0 ? nil : close &+ 1
  }

  /// Where digits end that begin there, 18 at most and no needless zero; -1 if they are others.
  @inline(__always)
  private func digitsEnd(_ at: Int) -> Int {
    var end = at
    while end < limit, byte(end) &- 0x30 < 10 { end &+= 1 }
    guard end > at, end &- at <= 18, end < limit, byte(at) != 0x30 || end == at &+ 1 else { return -1 }
    return end
  }

  @inline(__always)
  private mutating func time(
    _ field: Place<ReadPlan.Field>, _ start: Int, _ close: Int, _ parse: (UnsafeRawBufferPointer) -> Int64?
  ) -> Bool {
    guard let time = parse(UnsafeRawBufferPointer(start: base + start, count: close &- start)) else { return false }
    keep(field, UInt64(bitPattern: time))
    return true
  }

  /// A list of plain strings that is not empty.
  private mutating func names(_ field: Place<ReadPlan.Field>, _ at: Int) -> Int {
    guard byte(at) == 0x5B, tokens.canEnter else { return -1 }
    let (base, limit) = (base, limit)
    let start = job.cellCount
    var here = behindSpace(at &+ 1)
    while here < limit, base.load(fromByteOffset: here, as: UInt8.self) == 0x22 {
      let close = Tokens.plainEnd(base, from: here &+ 1, limit: limit)
      guard close >= 0, close &+ 1 < limit else { break }
      job.addCell(Text(start: here &+ 1, length: close &- here &- 1).cell)
      let next = base.load(fromByteOffset: close &+ 1, as: UInt8.self)
      if next == 0x5D {
        keep(field, Span32(start: start, count: job.cellCount &- start).cell)
        return close &+ 2
      }
      guard next == 0x2C else { break }
      here = behindSpace(close &+ 2)
    }
    job.truncateCells(to: start)
    return -1
  }
}
