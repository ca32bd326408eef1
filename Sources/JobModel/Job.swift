/// The canonical job: a request, the job it became, or both. The gateway's only model of a job (design: the hub).
///
/// Values lie in slots, one a `Field`; texts and numbers are pieces of the `arena` just as they were read, so that
/// copying one is already valid JSON and every digit survives. An object is reused from request to request on one
/// event loop: `reset` clears two words. Absent, null and empty are three different things: `filled`, `nulls`.
@usableFromInline
package final class Job {
  /// Bit n: field n has a value.
  @usableFromInline package internal(set) var filled: UInt64 = 0
  /// Bit n: field n was read as null.
  @usableFromInline package internal(set) var nulls: UInt64 = 0
  /// Bit n: field n was concluded from others, see `infer`.
  @usableFromInline package internal(set) var inferred: UInt64 = 0
  @usableFromInline let slots = Cells(zeros: 64, capacity: 64)
  /// Cells of lists and rows.
  @usableFromInline let cells = Cells()
  /// What there was before anything was concluded: `forgetInferred` goes back to it.
  var beforeInference: (nulls: UInt64, cells: Int, bytes: Int) = (0, 0, 0)
  /// Where the texts lie.
  package let arena: Arena
  /// Members that only one dialect understands, sealed.
  package var foreign: [Foreign] = []
  /// How the last word read for the phase is to be understood once everything is read.
  package var pendingRule: OutcomeRule?
  /// Members the reader did not know: start and length of each `"key": value`, and the object it stood in.
  package internal(set) var unknown: ContiguousArray<UnknownMember> = []

  /// An empty job.
  package init() {
    arena = Arena()
  }

  /// Forgets everything.
  package func reset() {
    filled = 0
    nulls = 0
    inferred = 0
    pendingRule = nil
    cells.removeAll()
    if !foreign.isEmpty { foreign.removeAll() }
    if !unknown.isEmpty { unknown.removeAll(keepingCapacity: true) }
    arena.reset()
  }

  /// Whether a field has a value.
  @inlinable @inline(__always)
  package func has(_ field: Field) -> Bool { filled & (1 &<< UInt64(field.rawValue)) != 0 }

  /// Whether a field was read as null.
  @inlinable @inline(__always)
  package func isNull(_ field: Field) -> Bool { nulls & (1 &<< UInt64(field.rawValue)) != 0 }

  /// What the slot of a field holds; only meaningful where `has`.
  @inlinable @inline(__always)
  package subscript(slot index: Int) -> UInt64 { slots[index] }

  /// Fills the slot of a field.
  @inlinable @inline(__always)
  package func fill(_ index: Int, _ value: UInt64) {
    slots[index] = value
    filled |= 1 &<< UInt64(truncatingIfNeeded: index)
    nulls &= ~(1 &<< UInt64(truncatingIfNeeded: index))
  }

  /// Notes a null.
  @inlinable @inline(__always)
  package func fillNull(_ index: Int) {
    nulls |= 1 &<< UInt64(truncatingIfNeeded: index)
    filled &= ~(1 &<< UInt64(truncatingIfNeeded: index))
  }

  /// Takes a value away: the field is absent.
  package func clear(_ field: Field) {
    filled &= ~(1 << UInt64(field.rawValue))
    nulls &= ~(1 << UInt64(field.rawValue))
    inferred &= ~(1 << UInt64(field.rawValue))
  }

  /// Notes a member the reader did not know.
  package func addUnknown(_ member: UnknownMember) { unknown.append(member) }
}

/// A member that a reader did not know, or whose value it did not understand, where it stood.
package struct UnknownMember: Sendable, Equatable {
  /// The object it stood in, as the reader numbers them.
  package var object: Int
  /// The key, without quotes.
  package var key: Text
  /// The value.
  package var value: Text
  /// The rows that the hub has taken in of it all the same: a list with one entry of a strange type.
  package var partOf: Field?

  /// A member of an object.
  package init(object: Int, key: Text, value: Text, partOf: Field? = nil) {
    self.partOf = partOf
    self.object = object
    self.key = key
    self.value = value
  }
}

/// What one dialect's document said and the hub would not say again: sealed, opened only by that dialect.
///
/// `instead` is what the dialect's writer says at `path` without it. When the writer says something else, the hub
/// field it stood beside has changed and the entry is void.
package struct Foreign: Sendable, Equatable {
  /// The dialect, and the kind of document, that it belongs to.
  package var dialect: String
  package var document: String
  /// Where it stood: a JSON pointer (RFC 6901).
  package var path: String
  /// The JSON that the writer puts there by itself; nil when it puts nothing.
  package var instead: String?
  /// The JSON that stood there; nil when nothing did.
  package var value: String?

  /// A sealed entry.
  package init(dialect: String, document: String, path: String, instead: String?, value: String?) {
    self.dialect = dialect
    self.document = document
    self.path = path
    self.instead = instead
    self.value = value
  }
}
