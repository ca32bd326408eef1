extension Tokens {
  /// Passes white space and one number (RFC 8259 §6); its digits stay text, so that nothing is rounded.
  @inlinable
  package mutating func number() -> TextRange {
    let first = peek()
    let start = at
    if first == UInt8(ascii: "-") { at &+= 1 }
    let digits = at
    passDigits()
    if at == digits || (bytes[digits] == UInt8(ascii: "0") && at > digits &+ 1) {
      misnumber(at: digits, from: start)
    } else if at < limit {
      let next = bytes[at]
      if next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") { fractionAndExponent() }
    }
    return TextRange(start: start, length: at &- start)
  }

  @inlinable @inline(__always)
  mutating func passDigits() {
    while at < limit, bytes[at] &- UInt8(ascii: "0") < 10 { at &+= 1 }
  }

  @inline(never) @usableFromInline
  mutating func fractionAndExponent() {
    if bytes[at] == UInt8(ascii: ".") {
      at += 1
      let digits = at
      passDigits()
      if at == digits { return misnumber(at: digits, from: digits - 1) }
    }
    guard at < limit, bytes[at] | 0x20 == UInt8(ascii: "e") else { return }
    at += 1
    if at < limit, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
    let digits = at
    passDigits()
    if at == digits { misnumber(at: digits, from: digits - 1) }
  }

  /// No digit, or a needless zero, at `digits`; nothing of a number at all if that is also where it should start.
  @inline(never) @usableFromInline
  mutating func misnumber(at digits: Int, from start: Int) {
    if digits == start || digits == limit, at == digits { return unexpected() }
    fail(.badNumber, at: digits)
  }

  /// Passes white space and `true` or `false`.
  @inlinable
  package mutating func bool() -> Bool {
    if peek() == UInt8(ascii: "t") {
      word("true")
      return fault == nil
    }
    word("false")
    return false
  }

  /// Passes white space and `null`.
  @inlinable
  package mutating func null() {
    _ = peek()
    word("null")
  }

  /// Takes exactly this word; the fault is at its first wrong byte.
  @inlinable @inline(__always)
  mutating func word(_ expected: StaticString) {
    if !expected.withUTF8Buffer({ literal(UnsafeRawBufferPointer($0)) }) { misspelt(expected) }
  }

  @inline(never) @usableFromInline
  mutating func misspelt(_ expected: StaticString) {
    expected.withUTF8Buffer { letters in
      for letter in letters {
        guard at < limit, bytes[at] == letter else { return unexpected() }
        at += 1
      }
    }
  }

  /// Takes exactly these bytes, without passing white space, if they are next.
  @inlinable @inline(__always)
  package mutating func literal(_ expected: UnsafeRawBufferPointer) -> Bool {
    let length = expected.count
    guard length <= limit &- at, matches(expected, length) else { return false }
    at &+= length
    return true
  }

  /// Compares words that overlap at the end, so that no byte behind the text or the literal is read.
  @inlinable @inline(__always)
  func matches(_ expected: UnsafeRawBufferPointer, _ length: Int) -> Bool {
    if length >= 8 {
      var offset = 0
      while offset &+ 8 < length {
        if EightBytes.load(expected, at: offset) != EightBytes.load(bytes, at: at &+ offset) { return false }
        offset &+= 8
      }
      return EightBytes.load(expected, at: length &- 8) == EightBytes.load(bytes, at: at &+ length &- 8)
    }
    if length >= 4 {
      let last = length &- 4
      return half(expected, 0) == half(bytes, at) && half(expected, last) == half(bytes, at &+ last)
    }
    var offset = 0
    while offset < length {
      if expected[offset] != bytes[at &+ offset] { return false }
      offset &+= 1
    }
    return true
  }

  @inlinable @inline(__always)
  func half(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }
}
