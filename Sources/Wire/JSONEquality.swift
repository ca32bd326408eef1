extension JSON: Equatable {
  /// Whether two are the same JSON value.
  ///
  /// The order of members does not matter (a name that stands several times has to have the same values in both, in any
  /// order), that of elements does. Numbers are compared digit for digit: 1.0 is not 1. Strings are compared by Unicode
  /// scalars, unlike Swift's own comparison, which takes é and e with an accent for the same.
  package static func == (one: JSON, other: JSON) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a.sameScalars(as: b)
    case (.string(let a), .string(let b)): a.sameScalars(as: b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): sameMembers(a, b)
    default: false
    }
  }

  private static func sameMembers(_ one: [Member], _ other: [Member]) -> Bool {
    guard one.count == other.count else { return false }
    var unmatched: [[UInt8]: [JSON]] = [:]
    for member in other { unmatched[Array(member.name.utf8), default: []].append(member.value) }
    for member in one {
      let name = Array(member.name.utf8)
      // Taking the first that is equal will do: equal values are interchangeable for the ones that come later.
      guard let index = unmatched[name]?.firstIndex(of: member.value) else { return false }
      unmatched[name]?.remove(at: index)
    }
    return true
  }
}

extension String {
  /// Whether both are the same sequence of Unicode scalars.
  func sameScalars(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
