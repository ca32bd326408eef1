/// An offset, a length or an index, kept in half a word: plans are read for every member of every document.
@propertyWrapper
struct Small {
  private var value: Int32

  /// Traps on what would not fit; no mapping file is that long.
  @inline(__always)
  init(wrappedValue: Int) { value = Int32(wrappedValue) }

  @inline(__always)
  var wrappedValue: Int {
    get { Int(value) }
    set { value = Int32(newValue) }
  }
}
