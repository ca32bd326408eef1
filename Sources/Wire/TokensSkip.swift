extension Tokens {
  /// Passes white space and one value of any kind, validated like every other; gives its bytes.
  ///
  /// No recursion: a bit for each open bracket, so a hostile text cannot exhaust the stack.
  package mutating func skip() -> TextRange {
    var here = at
    _ = peek(&here)
    let start = here
    let allowed = depth - level
    /// The innermost bracket in the lowest bit: 1 for an object, 0 for an array.
    var brackets: UInt64 = 0
    var open = 0
    var escaped = false
    value: while true {
      let first = peek(&here)
      switch first {
      case UInt8(ascii: "\""):
        pass(stringAt: &here, &escaped)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // Counted before the test for its end, or any number of empty brackets would pass at the deepest level.
        guard open < allowed else {
          fail(.tooDeep, at: here)
          break value
        }
        here &+= 1
        let inObject = first == UInt8(ascii: "{")
        if peek(&here) == first &+ 2 {
          here &+= 1
          break
        }
        open &+= 1
        brackets = brackets &<< 1 | (inObject ? 1 : 0)
        if inObject { pass(nameAt: &here, &escaped) }
        continue value
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        at = here
        _ = number()
        here = at
      default:
        at = here
        passWord(first)
        here = at
      }
      while open > 0 {
        let inObject = brackets & 1 == 1
        let next = peek(&here)
        if next == UInt8(ascii: ",") {
          here &+= 1
          if inObject { pass(nameAt: &here, &escaped) }
          continue value
        }
        guard next == UInt8(ascii: inObject ? "}" : "]") else {
          at = here
          unexpected()
          break value
        }
        here &+= 1
        brackets &>>= 1
        open &-= 1
      }
      at = here
      break
    }
    return TextRange(start: start, length: at &- start, escaped: escaped)
  }

  @inline(__always)
  private mutating func pass(stringAt here: inout Int, _ escaped: inout Bool) {
    let close = plainEnd(from: here &+ 1)
    if close >= 0 {
      here = close &+ 1
    } else {
      escaped = rest(ofStringAt: here &+ 1).escaped || escaped
      here = at
    }
  }

  /// A member's name and the colon behind it.
  @inline(__always)
  private mutating func pass(nameAt here: inout Int, _ escaped: inout Bool) {
    if peek(&here) == UInt8(ascii: "\"") {
      pass(stringAt: &here, &escaped)
      if peek(&here) == UInt8(ascii: ":") {
        here &+= 1
        return
      }
    }
    at = here
    unexpected()
    here = at
  }

  private mutating func passWord(_ first: UInt8) {
    switch first {
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = bool()
    case UInt8(ascii: "n"): null()
    default: unexpected()
    }
  }
}
