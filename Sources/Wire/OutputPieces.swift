extension Output {
  /// Writes one byte.
  @inlinable @inline(__always)
  package func byte(_ byte: UInt8) {
    room(1).pointee = byte
    advance(1)
  }

  /// Writes bytes as they are.
  @inlinable @inline(__always)
  package func bytes(_ bytes: UnsafeRawBufferPointer) {
    guard let from = bytes.baseAddress else { return }
    let length = bytes.count
    copy(from, length, UnsafeMutableRawPointer(room(length)))
    advance(length)
  }

  /// Writes bytes behind which 32 more may be read: most pieces of a document are short, and one block costs less than to ask how
  /// short.
  @inlinable @inline(__always)
  package func piece(_ from: UnsafeRawPointer, _ length: Int) {
    block(from, length, UnsafeMutableRawPointer(room(length &+ 32)))
    advance(length)
  }

  /// Writes the content of a JSON string in the same way, escaped already, between its quotes.
  @inlinable @inline(__always)
  package func quoted(_ from: UnsafeRawPointer, _ length: Int) {
    let to = UnsafeMutableRawPointer(room(length &+ 34))
    to.storeBytes(of: 0x22, as: UInt8.self)
    block(from, length, to + 1)
    to.storeBytes(of: 0x22, toByteOffset: length &+ 1, as: UInt8.self)
    advance(length &+ 2)
  }

  /// Writes once more what stands at `place`, 32 bytes at most.
  @inlinable @inline(__always)
  package func again(_ place: Int, _ length: Int) {
    let to = UnsafeMutableRawPointer(room(64))
    block(UnsafeRawPointer(base + place), length, to)
    advance(length)
  }

  @inlinable @inline(__always)
  func block(_ from: UnsafeRawPointer, _ length: Int, _ to: UnsafeMutableRawPointer) {
    if length <= 32 {
      to.storeBytes(of: from.loadUnaligned(as: SIMD4<UInt64>.self), as: SIMD4<UInt64>.self)
    } else if length <= 64 {
      copy(SIMD4<UInt64>.self, from, length, to)
    } else {
      to.copyMemory(from: from, byteCount: length)
    }
  }

  /// Copies bytes, up to 64 of them by words that overlap: most pieces of a document are short, and a call costs more than
  /// they do.
  @inlinable @inline(__always)
  func copy(_ from: UnsafeRawPointer, _ length: Int, _ to: UnsafeMutableRawPointer) {
    if length > 64 {
      to.copyMemory(from: from, byteCount: length)
    } else if length >= 32 {
      copy(SIMD4<UInt64>.self, from, length, to)
    } else if length >= 16 {
      copy(SIMD2<UInt64>.self, from, length, to)
    } else if length >= 8 {
      copy(UInt64.self, from, length, to)
    } else if length >= 4 {
      copy(UInt32.self, from, length, to)
    } else {
      var offset = 0
      while offset < length {
        to.storeBytes(of: from.load(fromByteOffset: offset, as: UInt8.self), toByteOffset: offset, as: UInt8.self)
        offset &+= 1
      }
    }
  }

  @inlinable @inline(__always)
  func copy<Word: BitwiseCopyable>(
    _ word: Word.Type, _ from: UnsafeRawPointer, _ length: Int, _ to: UnsafeMutableRawPointer
  ) {
    let last = length &- MemoryLayout<Word>.size
    let head = from.loadUnaligned(as: Word.self)
    let tail = from.loadUnaligned(fromByteOffset: last, as: Word.self)
    to.storeBytes(of: head, as: Word.self)
    to.storeBytes(of: tail, toByteOffset: last, as: Word.self)
  }

  /// Writes a literal of the program.
  @inlinable @inline(__always)
  package func text(_ text: StaticString) {
    text.withUTF8Buffer { bytes(UnsafeRawBufferPointer($0)) }
  }

  /// Writes a string's UTF-8 as it is, nothing escaped.
  @inlinable
  package func string(_ string: String) {
    var string = string
    string.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
  }

  /// Writes a number in decimal digits.
  @inlinable
  package func integer(_ value: Int64) {
    let start = room(20)
    var digits = value.magnitude
    var length = value < 0 ? 2 : 1
    var bound: UInt64 = 10
    while digits >= bound {
      length &+= 1
      let (next, over) = bound.multipliedReportingOverflow(by: 10)
      if over { break }
      bound = next
    }
    start.pointee = UInt8(ascii: "-")
    var place = start + length
    repeat {
      let (rest, digit) = digits.quotientAndRemainder(dividingBy: 10)
      place -= 1
      place.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      digits = rest
    } while digits > 0
    advance(length)
  }
}
