/// What was wrong with a form or a query string, and at which byte of it.
package struct FormFault: Error, Equatable, Sendable {
  /// The kinds of fault; `FormFault.description` has them in words.
  package enum Kind: String, CaseIterable, Sendable {
    /// A `%` without two hexadecimal digits behind it.
    case badPercent
    /// A name or a value that is not UTF-8 when decoded.
    case badUTF8
    /// A name that is neither plain nor plain with `[…]` behind it, or is empty.
    case badName
    /// A name that makes two shapes of one thing, such as a value and an object.
    case conflict
    /// More brackets in a name than the reader was allowed to follow.
    case tooDeep
    /// More pairs than the reader was allowed to take.
    case tooMany
  }

  /// What was wrong.
  package var kind: Kind

  /// The byte that showed it, from 0; for `badName`, `conflict`, `tooDeep` and `tooMany` the first of the pair.
  package var offset: Int

  /// A fault of this kind at this byte.
  package init(_ kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension FormFault: CustomStringConvertible {
  /// What is wrong, what would be right, and the byte.
  package var description: String {
    let words =
      switch kind {
      case .badPercent: "a % without two hexadecimal digits; a percent sign itself is written %25"
      case .badUTF8: "text that is not UTF-8 when decoded"
      case .badName: "a malformed name; it is written name, name[member] or name[]"
      case .conflict: "a name used as a value and as something with members, or as a list and as an object"
      case .tooDeep: "too many brackets in a name; it has to be flatter"
      case .tooMany: "too many pairs; there have to be fewer"
      }
    return "\(words) (byte \(offset))"
  }
}
