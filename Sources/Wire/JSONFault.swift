/// What was wrong with a JSON text, and where.
@usableFromInline
package struct JSONFault: Error, Equatable, Sendable {
  /// The kinds of fault; `JSONFault.description` has them in words.
  @usableFromInline
  package enum Kind: String, CaseIterable, Sendable {
    /// The text stops before its value is complete.
    case unexpectedEnd
    /// A byte that cannot stand here (RFC 8259 §2).
    case unexpectedByte
    /// A byte order mark in front of the text (RFC 8259 §8.1 forbids writing one).
    case byteOrderMark
    /// A backslash followed by something that is no escape (RFC 8259 §7).
    case badEscape
    /// Half of a surrogate pair alone: no Unicode character has that number (RFC 8259 §8.2).
    case loneSurrogate
    /// A byte below 0x20 in a string (RFC 8259 §7).
    case controlCharacter
    /// Bytes that are not UTF-8 (RFC 3629 §4).
    case badUTF8
    /// A number outside the grammar of RFC 8259 §6.
    case badNumber
    /// More brackets inside each other than the reader was allowed to follow.
    case tooDeep
    /// More bytes than the reader was allowed to look at.
    case tooLarge
    /// A member name that its object already has (RFC 8259 §4 leaves the meaning open, so it is refused).
    case duplicateKey
    /// Something other than white space behind the value.
    case trailingContent
  }

  /// What was wrong.
  package var kind: Kind

  /// The byte that showed it, from 0; the length of the text when the text ended too early.
  package var offset: Int

  /// A fault of this kind at this byte.
  package init(_ kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// Line and column of the fault for a person: both count from 1, columns in characters (Unicode scalars).
  package func position(in text: some Collection<UInt8>) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in text.prefix(max(offset, 0)) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}

extension JSONFault: CustomStringConvertible {
  /// What is wrong, what would be right, and the byte.
  @usableFromInline package var description: String { "\(kind.words) (byte \(offset))" }
}

extension JSONFault.Kind {
  /// What is wrong and what would be right, without a place.
  package var words: String {
    switch self {
    case .unexpectedEnd: "the text ends too early; every value, string and bracket has to be complete"
    case .unexpectedByte: "a byte that cannot stand here; a value, a quoted name, or one of , : ] } was expected"
    case .byteOrderMark: "a byte order mark in front of the text; JSON starts with its value"
    case .badEscape: #"not an escape; a backslash is followed by one of " \ / b f n r t, or by u and four hex digits"#
    case .loneSurrogate: #"half a surrogate pair; \uD800 to \uDBFF has to be followed by \uDC00 to \uDFFF"#
    case .controlCharacter: #"a raw control character in a string; it has to be written as an escape, such as \n"#
    case .badUTF8: "bytes that are not UTF-8; JSON texts are written in UTF-8"
    case .badNumber: "not a number; digits without a leading zero, then .digits and e±digits if wanted"
    case .tooDeep: "too many brackets inside each other; the value has to be flatter"
    case .tooLarge: "the text is longer than is accepted here; it has to be shorter"
    case .duplicateKey: "a name that this object already has; every name may stand once"
    case .trailingContent: "something behind the value; only white space may follow it"
    }
  }
}
