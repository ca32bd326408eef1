import CVector

extension Tokens {
  /// Passes white space and one string (RFC 8259 §7); gives its content, still escaped, without the quotes.
  ///
  /// Valid on return: escapes, pairs of surrogates, UTF-8, no raw control characters.
  @inlinable
  package mutating func string() -> TextRange {
    var here = at
    guard peek(&here) == UInt8(ascii: "\"") else {
      at = here
      unexpected()
      return TextRange(start: at, length: 0)
    }
    let start = here &+ 1
    let close = plainEnd(from: start)
    guard close >= 0 else { return rest(ofStringAt: start) }
    at = close &+ 1
    return TextRange(start: start, length: close &- start)
  }

  /// The offset of the quote that ends a string of plain ASCII, or -1 for the general case.
  @inlinable @inline(__always)
  func plainEnd(from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return -1 }
    return Tokens.plainEnd(base, from: start, limit: limit)
  }

  /// The same of bytes of which the first `limit` may be read.
  @inlinable @inline(__always)
  package static func plainEnd(_ base: UnsafeRawPointer, from start: Int, limit: Int) -> Int {
    var here = start
    while here &+ 16 <= limit {
      let stops = vector_stops(base + here)
      if stops != 0 {
        let stop = here &+ stops.trailingZeroBitCount
        return base.load(fromByteOffset: stop, as: UInt8.self) == UInt8(ascii: "\"") ? stop : -1
      }
      here &+= 16
    }
    return -1
  }

  /// The general case: escapes, text beyond ASCII, the last bytes of the input.
  @inline(never) @usableFromInline
  mutating func rest(ofStringAt start: Int) -> TextRange {
    var here = start
    var escaped = false
    while here < limit {
      if here + 8 <= limit {
        let specials = EightBytes.specials(EightBytes.load(bytes, at: here))
        if specials == 0 {
          here += 8
          continue
        }
        here += specials.trailingZeroBitCount >> 3
      }
      let byte = bytes[here]
      if byte == UInt8(ascii: "\"") {
        at = here + 1
        return TextRange(start: start, length: here - start, escaped: escaped)
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
        guard pass(escapeAt: &here) else { break }
      } else if byte < 0x20 {
        fail(.controlCharacter, at: here)
        break
      } else {
        let length = UTF8Sequence.length(bytes, at: here)
        guard length > 0 else {
          fail(.badUTF8, at: here)
          break
        }
        here += length
      }
    }
    fail(.unexpectedEnd, at: limit)
    return TextRange(start: start, length: 0)
  }

  /// Moves behind the escape at `here`, both halves of a pair of surrogates; false after a fault.
  private mutating func pass(escapeAt here: inout Int) -> Bool {
    guard here + 1 < limit else { return refuse(.unexpectedEnd, at: limit) }
    guard bytes[here + 1] == UInt8(ascii: "u") else {
      guard JSONText.short(bytes[here + 1]) != nil else { return refuse(.badEscape, at: here) }
      here += 2
      return true
    }
    guard let unit = JSONText.unit(bytes, at: here) else {
      return isCut(at: here) ? refuse(.unexpectedEnd, at: limit) : refuse(.badEscape, at: here)
    }
    if JSONText.isLow(unit) { return refuse(.loneSurrogate, at: here) }
    if JSONText.isHigh(unit) {
      guard let low = JSONText.unit(bytes, at: here + 6), JSONText.isLow(low) else {
        return isCut(at: here + 6) ? refuse(.unexpectedEnd, at: limit) : refuse(.loneSurrogate, at: here)
      }
      here += 6
    }
    here += 6
    return true
  }

  /// Whether the text ends inside what could be an escape of six bytes: cut off is not the same as wrong.
  private func isCut(at here: Int) -> Bool {
    guard limit - here < 6 else { return false }
    return bytes[here...].enumerated().allSatisfy { place, byte in
      switch place {
      case 0: byte == UInt8(ascii: "\\")
      case 1: byte == UInt8(ascii: "u")
      default: Hexadecimal.value(byte) != nil
      }
    }
  }

  private mutating func refuse(_ kind: JSONFault.Kind, at offset: Int) -> Bool {
    fail(kind, at: offset)
    return false
  }
}
