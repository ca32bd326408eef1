/// The memory of one line while it is written, kept from line to line.
final class Line {
  private var base: UnsafeMutablePointer<UInt8>
  private var size = 4096
  private var count = 0
  private var clock = LineClock()

  init() { base = .allocate(capacity: size) }

  deinit { base.deallocate() }

  /// What is written; valid until the next line.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The same in memory of their own, which the caller gives back.
  var copy: UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    place.copyMemory(from: bytes)
    return UnsafeRawBufferPointer(place)
  }

  /// Writes a line: a JSON object that begins with its time, in milliseconds since 1970, UTC.
  @inline(__always)
  func write(at milliseconds: Int64, _ members: (inout LineText) -> Void) {
    write { text in
      text.put("{\"time\":\"")
      clock.write(milliseconds, to: &text)
      text.put("\"")
      members(&text)
      text.put("}\n")
    }
  }

  /// Writes whatever is to be written.
  @inline(__always)
  func write(_ body: (inout LineText) -> Void) {
    var text = LineText(self, place: base, end: base + size)
    body(&text)
    count = text.place - base
  }

  /// More memory: the place in it, and its end.
  @inline(never)
  func grow(
    _ place: UnsafeMutablePointer<UInt8>, by wanted: Int
  ) -> (place: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
    let used = place - base
    size = max(size * 2, used + wanted)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    moved.update(from: base, count: used)
    base.deallocate()
    base = moved
    return (base + used, base + size)
  }
}

/// Where in a line the next byte goes. A value of its own, so that it stays in registers while a line is written.
struct LineText {
  private unowned(unsafe) let line: Line
  private(set) var place: UnsafeMutablePointer<UInt8>
  private var end: UnsafeMutablePointer<UInt8>

  /// The line outlives the text.
  @inline(__always)
  init(_ line: Line, place: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
    self.line = line
    self.place = place
    self.end = end
  }

  /// Makes sure that as many bytes may be written at `place`.
  @inline(__always)
  mutating func reserve(_ wanted: Int) {
    if wanted > end - place { (place, end) = line.grow(place, by: wanted) }
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    reserve(1)
    place.pointee = byte
    place += 1
  }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    reserve(count)
    UnsafeMutableRawPointer(place).copyMemory(from: text.utf8Start, byteCount: count)
    place += count
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(place).copyMemory(from: start, byteCount: bytes.count)
    place += bytes.count
  }

  mutating func put(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    put(number.magnitude)
  }

  private mutating func put(_ number: UInt64) {
    if number < 10 { return put(UInt8(truncatingIfNeeded: 0x30 &+ number)) }
    // Most numbers of a line have two to five digits.
    guard number < 100_000 else {
      put(number / 100_000)
      return put(UInt32(truncatingIfNeeded: number % 100_000), digits: 5)
    }
    let small = UInt32(truncatingIfNeeded: number)
    put(small, digits: small < 100 ? 2 : small < 1000 ? 3 : small < 10_000 ? 4 : 5)
  }

  /// As many digits, with zeros in front.
  @inline(__always)
  private mutating func put(_ number: UInt32, digits: Int) {
    reserve(digits)
    var rest = number
    var index = digits
    while index > 0 {
      index &-= 1
      let next = rest / 10
      place[index] = UInt8(truncatingIfNeeded: 0x30 &+ rest &- next &* 10)
      rest = next
    }
    place += digits
  }

  /// 16 hexadecimal digits.
  mutating func put(hex word: UInt64) {
    reserve(16)
    Hex.write(word, to: place)
    place += 16
  }
}
