import JobModel
import Wire

/// Every format, one line each. False: the dialect has no way to say this value; nothing counts as written then.
extension Writing {
  @inline(__always)
  mutating func emit(_ op: Place<WritePlan.Op>) -> Bool {
    let value = cell(op)
    switch op.format {
    case .text, .inlineFile, .textOrFirst: quoted(value)
    case .number, .json, .strings, .flat: raw(value)
    case .whole: return whole(value)
    case .numberText: quoted(value)
    case .bool: value == 0 ? output.text("false") : output.text("true")
    case .names: names(value)
    case .word: return word(op, value)
    case .iso8601, .iso8601Millis, .rfc1123: return time(op.format, value)
    case .epochSeconds: output.integer(Times.seconds(Int64(bitPattern: value)))
    case .epochMillis: output.integer(Int64(bitPattern: value))
    case .hex, .idNumber, .idDigits: return id(op.format, value)
    case .shellWord: shellWord(op, value)
    case .hostList: return hostList(value)
    case .minutes: return minutes(value)
    }
    return true
  }

  @inline(__always)
  func quoted(_ value: UInt64) {
    let text = Text(cell: value)
    output.quoted(job.arena.place(text), text.length)
  }

  @inline(__always)
  func raw(_ value: UInt64) {
    let text = Text(cell: value)
    output.piece(job.arena.place(text), text.length)
  }

  /// The digits before the point; none for what is no plain number.
  private mutating func whole(_ value: UInt64) -> Bool {
    let digits = job.arena.bytes(Text(cell: value))
    var end = 0
    while end < digits.count, digits[end] != 0x2E { end += 1 }
    if digits[..<end].contains(where: { !(0x30...0x39).contains($0) && $0 != 0x2D }) || end == 0 { return false }
    output.bytes(UnsafeRawBufferPointer(rebasing: digits[..<end]))
    return true
  }

  private mutating func names(_ value: UInt64) {
    let span = Span32(cell: value)
    output.byte(0x5B)
    for index in 0..<span.count {
      if index > 0 { output.byte(0x2C) }
      quoted(job.cell(span.start &+ index))
    }
    output.byte(0x5D)
  }

  private mutating func shellWord(_ op: Place<WritePlan.Op>, _ value: UInt64) {
    let frame = plan.frames[op.firstPiece]
    output.quoted(frame.before + ShellWord.quoted(job.decoded(Text(cell: value))) + frame.after)
  }

  /// Names that could be taken for expressions cannot be said.
  private mutating func hostList(_ value: UInt64) -> Bool {
    let span = Span32(cell: value)
    let names = (0..<span.count).map { job.decoded(Text(cell: job.cell(span.start + $0))) }
    guard let text = HostList.text(names) else { return false }
    output.quoted(text)
    return true
  }

  /// No minutes are not said: who is given them may take them for as many as there are.
  private mutating func minutes(_ value: UInt64) -> Bool {
    let digits = job.arena.bytes(Text(cell: value))
    guard let seconds = Int64(String(decoding: digits, as: UTF8.self)), (1...(1 << 40)).contains(seconds) else {
      return false
    }
    output.integer((seconds + 59) / 60)
    return true
  }

  private mutating func word(_ op: Place<WritePlan.Op>, _ value: UInt64) -> Bool {
    var index = Int(truncatingIfNeeded: value)
    var table = op.words
    if !op.isColumn, op.index == Int(Field.phase.rawValue), phase >= 0 { index = phase }
    if op.isColumn, isNodeColumn(op), !plan.nodeWords.isEmpty, (tables.tables + op.words).isOfNodes {
      table = nodeTable
    }
    return write(word: index, of: table)
  }

  /// The word table for nodes, as the job's phase wants it.
  var nodeTable: Int { plan.nodeWords[max(0, min(phase, plan.nodeWords.count - 1))] }

  private mutating func isNodeColumn(_ op: Place<WritePlan.Op>) -> Bool { op.index == NodeColumn.phase }

  /// The word for a raw value.
  @inline(__always)
  mutating func word(_ index: Int, of table: Int) -> Place<WritePlan.Word> {
    tables.words + ((tables.tables + table).first &+ index)
  }

  mutating func write(word index: Int, of table: Int) -> Bool {
    guard index < (tables.tables + table).count else { return false }
    let word = self.word(index, of: table)
    guard word.length > 0 else { return false }
    output.piece(pool + word.start, word.length)
    return true
  }

  /// The times of a job are often the same one.
  private mutating func time(_ format: Format, _ value: UInt64) -> Bool {
    if lastTime.length > 0, lastTime.value == value, lastTime.format == format {
      output.again(lastTime.place, lastTime.length)
      return true
    }
    let place = output.count
    output.byte(0x22)
    let time = Int64(bitPattern: value)
    let isWritten =
      format == .rfc1123
      ? Times.writeRFC1123(time, to: output)
      : Times.writeISO8601(time, millis: format == .iso8601Millis, to: output)
    output.byte(0x22)
    if isWritten { lastTime = (value, format, place, output.count - place) }
    return isWritten
  }

  /// A job's id in the dialect's form; false when the form cannot hold it.
  mutating func id(_ format: Format, _ value: UInt64) -> Bool {
    let bytes = job.arena.bytes(Text(cell: value))
    switch format {
    case .idNumber:
      guard isNumber(value) else { return false }
      raw(value)
    case .idDigits:
      guard isNumber(value) else { return false }
      quoted(value)
    default:
      output.byte(0x22)
      guard hex(bytes) else { return false }
      output.byte(0x22)
    }
    return true
  }

  /// The same of a cell; a document often says the same id many times.
  @inline(__always)
  mutating func isNumber(_ value: UInt64) -> Bool {
    if value == fitID { return true }
    guard isNumber(job.arena.bytes(Text(cell: value))) else { return false }
    fitID = value
    return true
  }

  /// Decimal digits without a leading zero, below 2⁶³.
  mutating func isNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty, bytes.count < 19, bytes[0] != 0x30 || bytes.count == 1 else { return false }
    for at in 0..<bytes.count where bytes[at] &- 0x30 > 9 { return false }
    return true
  }

  /// Writes the 32 digits of an id; false when it is neither a number nor such digits.
  mutating func hex(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if JobIDs.isHex(bytes) {
      output.bytes(bytes)
      return true
    }
    guard isNumber(bytes) else { return false }
    var number: UInt64 = 0
    for digit in bytes { number = number &* 10 &+ UInt64(digit &- 0x30) }
    output.hexadecimal(ids.check(number))
    output.hexadecimal(number)
    return true
  }
}
