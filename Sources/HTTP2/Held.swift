/// A reference that is counted when it is put here and when it is taken away, and not each time it is used: counting was a
/// sixth of the cost of a proxied request.
@usableFromInline
package struct Held<Object: AnyObject>: ~Copyable {
  @usableFromInline
  var reference: Unmanaged<Object>?

  /// Holds nothing.
  @inlinable
  package init() {}

  deinit { reference?.release() }

  /// Keeps an object instead of the one it kept.
  @inlinable
  package mutating func put(_ object: consuming Object) {
    let last = reference
    reference = .passRetained(object)
    last?.release()
  }

  /// The object for a short use. Whoever lets it be taken or replaced meanwhile sees to it that somebody else keeps it, or
  /// uses `object`.
  @inlinable @inline(__always)
  package var lent: Lent<Object> { Lent(reference) }

  /// The object, counted.
  @inlinable @inline(__always)
  package var object: Object? { reference?.takeUnretainedValue() }

  /// Whether this is the object.
  @inlinable @inline(__always)
  package borrowing func isHeld(_ object: Object) -> Bool {
    reference?.toOpaque() == Unmanaged.passUnretained(object).toOpaque()
  }

  /// Gives the object away, if there is one.
  @inlinable
  package mutating func take() -> Object? {
    guard let last = reference else { return nil }
    reference = nil
    return last.takeRetainedValue()
  }
}

/// An object that somebody else keeps, or none.
@usableFromInline
package struct Lent<Object: AnyObject> {
  @usableFromInline
  let reference: Unmanaged<Object>?

  @inlinable @inline(__always)
  init(_ reference: Unmanaged<Object>?) { self.reference = reference }

  /// Runs `body` on the object, if there is one.
  @inlinable @inline(__always)
  package func use<Result>(_ body: (Object) -> Result) -> Result? { reference?._withUnsafeGuaranteedRef(body) }
}
