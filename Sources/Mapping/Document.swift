import JobModel

/// One kind of document of a dialect, for both directions: an object and its members, or a list of such objects.
package struct Document: Sendable {
  package var name: String
  /// Its members, in the platform's own order.
  package var members: [Member] = []
  /// The document each entry of a list is; nil when this is no list.
  package var list: String?
  /// What kind of work it asks for, when it is a request: a `WorkKind`, `any` or `none`.
  package var request: String?
  /// How the body of a request is judged.
  package var rules = Rules()
  /// Which of two documents a text is: the one that has a member, or the other.
  package var choose: Choose?

  /// How strict the reader of a request is, and what it says.
  package struct Rules: Sendable {
    /// Said when the body is no object.
    package var notObject: String?
    /// Said of a member nobody knows; nil when such members are passed over.
    package var unknownMember: String?
    /// Whether null counts as a wrong type (true) or as absent.
    package var nullIsWrong = false
    package var duplicates = Duplicates.last
    /// A single top-level member that may wrap the whole body.
    package var unwrap: String?
  }

  /// What a key that comes twice means.
  package enum Duplicates: String, Sendable, CaseIterable { case first, last, refuse }

  /// A choice between two documents by the presence of a member.
  package struct Choose: Sendable {
    package var has: String
    package var then: String
    package var otherwise: String
  }
}

/// One member of an object.
package struct Member: Sendable {
  package var key: String
  /// Reading takes the first; writing takes the first that has something to say.
  package var variants: [Variant]
  package var line: Int
}

/// One way in which a member is said.
package struct Variant: Sendable {
  package var value: Value
  /// The profiles that write it; nil: all. Every profile reads it.
  package var profiles: Set<String>?
  package var when: Condition?
  /// JSON written when there is nothing to say; nil: the member is left out.
  package var absent: String?
  /// A value that is left out, as JSON.
  package var omit: String?
  /// Only written; on reading it says nothing that another member does not say.
  package var oneWay = false
  package var required = false
  /// Also accepts the value as a string.
  package var loose = false
  /// Other names under which it is read.
  package var also: [String] = []
  /// What the faults of this member are called, by rule: `wrong`, `empty`, `repeated`, `prefix`, `undecodable`, `long`.
  package var says: [String: String] = [:]
  /// A JSON value: only an object will do.
  package var mustBeObject = false
  /// Exactly one of an object's members must be there.
  package var oneOf = false
  /// A value that says there is none, as JSON: read as nothing.
  package var unset: String?
  /// What stands around a shell's word.
  package var frame = Frame()
  /// What the platform takes when a request leaves it out, as JSON.
  package var standard: String?
  package var line: Int
}

/// What stands before and after a shell's word in a text.
package struct Frame: Sendable {
  package var before = ""
  package var after = ""

  /// The word between the two; nil when they do not stand there.
  func inside(_ text: String) -> String? {
    let (whole, before, after) = (Array(text.utf8), Array(self.before.utf8), Array(self.after.utf8))
    guard whole.count >= before.count + after.count, whole.starts(with: before),
      whole.reversed().starts(with: after.reversed())
    else { return nil }
    return String(decoding: whole[before.count..<whole.count - after.count], as: UTF8.self)
  }
}

/// What a member holds.
package indirect enum Value: Sendable {
  /// A hub field in a format; `words` names the table of a word.
  case field(Target, Format, words: String?, peeks: [Peek])
  case object([Member], omitEmpty: Bool)
  /// An array of one object; on reading, its first.
  case lone([Member])
  /// An array with an object a row.
  case each(Table, [Member])
  /// An object with a member a node phase, each an array of node names.
  case group
  /// The number of rows.
  case count(Table)
  /// An object with a member a node phase, each the number of such nodes.
  case counts
  /// The same JSON always.
  case const(String)
  /// A text put together from others. `reads`: on reading, its last path segment is this field.
  case template([Piece], reads: Field?)
  /// The sealed entries of a canonical document.
  case foreign
  /// The entries of a list.
  case entries
}

/// Where a value lies: in a slot of the job, or in a column of a row.
package enum Target: Sendable, Equatable {
  case slot(Field)
  case column(Table, Int)

  /// What it holds.
  var form: Field.Form {
    switch self {
    case .slot(let field): field.form
    case .column(let table, let column): table.columns[column].form
    }
  }

  /// Its name in mapping files.
  package var name: String {
    switch self {
    case .slot(let field): field.name
    case .column(let table, let column): table.columns[column].name
    }
  }
}

/// A member inside a JSON value that is carried whole, and that is looked at in passing.
package struct Peek: Sendable {
  package var key: String
  package var target: Target
}

/// Written only when a word has one of some values.
package struct Condition: Sendable {
  package var target: Target
  /// Bit n: raw value n.
  package var mask: UInt32
}

/// A piece of a template.
package enum Piece: Sendable {
  case literal(String)
  case value(Target)
}
