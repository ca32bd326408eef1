/// An element of a plan's table, looked at where it lies: a copy of one takes longer than most of what is done with it. The plan
/// outlives every reading and writing.
@dynamicMemberLookup
struct Place<Element> {
  private let first: UnsafePointer<Element>

  /// The first element of a table.
  init(_ first: UnsafePointer<Element>) { self.first = first }

  /// What it says.
  @inline(__always)
  subscript<Value>(dynamicMember member: KeyPath<Element, Value>) -> Value { first.pointee[keyPath: member] }

  /// A copy.
  var element: Element { first.pointee }

  /// An element further on; the caller knows that it is there.
  @inline(__always)
  static func + (place: Place, count: Int) -> Place { Place(place.first + count) }
}
