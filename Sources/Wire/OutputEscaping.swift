extension Output {
  /// Writes UTF-8 content so that it can stand between the quotes of a JSON string (RFC 8259 §7).
  ///
  /// Only what has to be escaped is: quote, backslash, and bytes below 0x20. The content is taken to be UTF-8.
  @inlinable
  package func escaped(_ content: UnsafeRawBufferPointer) {
    var from = 0
    var here = 0
    while here < content.count {
      if here &+ 8 <= content.count {
        let stops = EightBytes.stops(EightBytes.load(content, at: here))
        if stops == 0 {
          here &+= 8
          continue
        }
        here &+= stops.trailingZeroBitCount &>> 3
      } else if content[here] >= 0x20, content[here] != UInt8(ascii: "\""), content[here] != UInt8(ascii: "\\") {
        here &+= 1
        continue
      }
      bytes(UnsafeRawBufferPointer(rebasing: content[from..<here]))
      escape(content[here])
      here &+= 1
      from = here
    }
    bytes(UnsafeRawBufferPointer(rebasing: content[from...]))
  }

  /// Writes a JSON string with its quotes.
  @inlinable
  package func quoted(_ string: String) {
    var string = string
    byte(UInt8(ascii: "\""))
    string.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
    byte(UInt8(ascii: "\""))
  }

  @inline(never) @usableFromInline
  func escape(_ character: UInt8) {
    switch character {
    case 0x22: text("\\\"")
    case 0x5C: text("\\\\")
    case 0x08: text("\\b")
    case 0x09: text("\\t")
    case 0x0A: text("\\n")
    case 0x0C: text("\\f")
    case 0x0D: text("\\r")
    default:
      text("\\u00")
      byte(Hexadecimal.lower(character >> 4))
      byte(Hexadecimal.lower(character & 15))
    }
  }
}
