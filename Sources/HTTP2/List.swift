/// Plain values that grow at the end, in memory of their own: unlike an array's, that is never shared, so that nobody has to
/// look whether it is.
struct List<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>?
  private(set) var count = 0
  private var capacity = 0

  /// An empty list that owns no memory yet.
  init() {}

  deinit { base?.deallocate() }

  /// The values; valid until the list is next changed.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  subscript(index: Int) -> Element {
    get { place(index).pointee }
    nonmutating set { place(index).pointee = newValue }
  }

  private func place(_ index: Int) -> UnsafeMutablePointer<Element> {
    guard let base, index >= 0, index < count else { preconditionFailure("no such value in the list") }
    return base + index
  }

  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    guard let base else { return }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    capacity = max(2 * capacity, 16)
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    if let base {
      grown.update(from: base, count: count)
      base.deallocate()
    }
    base = grown
  }

  mutating func popLast() -> Element? {
    guard count > 0 else { return nil }
    count -= 1
    return base?[count]
  }

  mutating func removeFirst(_ amount: Int) {
    let gone = min(max(amount, 0), count)
    if let base, gone > 0 { base.update(from: base + gone, count: count - gone) }
    count -= gone
  }

  mutating func removeAll() { count = 0 }
}
