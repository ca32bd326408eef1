/// Reads what stands in a piece of DER (X.690 §8, §10), one element after the other.
struct DERReader {
  /// A tag's number for the kinds that are needed here.
  enum Tag {
    static let integer: UInt8 = 0x02
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let version: UInt8 = 0xa0
  }

  struct Element {
    var tag: UInt8
    /// The content without tag and length.
    var content: UnsafeRawBufferPointer
    /// Tag, length and content.
    var whole: UnsafeRawBufferPointer
  }

  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// The next element; nil at the end and where the bytes are no DER.
  mutating func next() -> Element? {
    guard rest.count >= 2, rest[0] & 0x1f != 0x1f else { return nil }
    var position = 2
    var length = Int(rest[1])
    if length >= 0x80 {
      let count = length - 0x80
      guard count > 0, count <= 4, rest.count >= 2 + count else { return nil }
      length = 0
      for index in 0..<count { length = length << 8 | Int(rest[2 + index]) }
      position += count
    }
    guard length <= rest.count - position else { return nil }
    let element = Element(
      tag: rest[0], content: UnsafeRawBufferPointer(rebasing: rest[position..<position + length]),
      whole: UnsafeRawBufferPointer(rebasing: rest[..<(position + length)]))
    rest = UnsafeRawBufferPointer(rebasing: rest[(position + length)...])
    return element
  }

  /// The next element, when it is of that kind.
  mutating func next(_ tag: UInt8) -> Element? {
    var ahead = self
    guard let element = ahead.next(), element.tag == tag else { return nil }
    self = ahead
    return element
  }
}
