/// A JSON value in memory, for the places that are not hot: examples, comparisons, tests.
///
/// Numbers keep their digits and objects the order of their members, so that what is written is what was read.
package indirect enum JSON: Sendable {
  /// `null`, which is not the same as an absent member.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as it is written.
  case number(String)
  /// A string's content, unescaped.
  case string(String)
  /// The elements in order.
  case array([JSON])
  /// The members in the order they were read.
  case object([Member])

  /// One name and its value in an object.
  package struct Member: Equatable, Sendable {
    /// The name, unescaped.
    package var name: String
    /// What stands under it.
    package var value: JSON

    /// A member of an object.
    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }

    /// Names are compared by Unicode scalars.
    package static func == (one: Member, other: Member) -> Bool {
      one.name.sameScalars(as: other.name) && one.value == other.value
    }
  }
}

extension JSON {
  /// The value under a name, the first if there are several; nil if there is none or this is no object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.sameScalars(as: name) }?.value
  }

  /// The element at an index from 0; nil if there is none or this is no array.
  package subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The content of a string; nil for every other kind.
  package var stringValue: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The digits of a number; nil for every other kind.
  package var digits: String? {
    if case .number(let digits) = self { digits } else { nil }
  }

  /// A number written as an integer that fits; nil for `1.0`, `1e2` and every other kind.
  package var integerValue: Int64? { digits.flatMap { Int64($0) } }

  /// Whether it is `true` or `false`; nil for every other kind.
  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array; nil for every other kind.
  package var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members of an object; nil for every other kind.
  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// Whether it is `null`.
  package var isNull: Bool {
    if case .null = self { true } else { false }
  }
}
