/// The members of a line. A key is written as it is: a comma, its quotes and the colon included.
extension LineText {
  /// The most bytes of a text that a line holds; what is cut ends in an ellipsis.
  static let most = 2048

  /// The most bytes of a name.
  static let name = 256

  @inline(__always)
  mutating func member(_ key: StaticString, _ number: Int64) {
    put(key)
    put(number)
  }

  /// A text; none when it is empty.
  @inline(__always)
  mutating func member(_ key: StaticString, _ text: String) {
    if text.isEmpty { return }
    put(key)
    quoted(text)
  }

  /// A text; none when it is empty.
  @inline(__always)
  mutating func member(_ key: StaticString, _ text: UnsafeRawBufferPointer, most: Int) {
    if text.isEmpty { return }
    put(key)
    put(UInt8(ascii: "\""))
    escaped(text, most: most)
    put(UInt8(ascii: "\""))
  }

  /// A text that needs no escaping.
  @inline(__always)
  mutating func member(_ key: StaticString, plain text: StaticString) {
    put(key)
    put(UInt8(ascii: "\""))
    put(text)
    put(UInt8(ascii: "\""))
  }

  /// An id, which needs no escaping.
  @inline(__always)
  mutating func member(_ key: StaticString, _ id: RequestID) {
    put(key)
    put(UInt8(ascii: "\""))
    id.withBytes { put($0) }
    put(UInt8(ascii: "\""))
  }

  /// 16 hexadecimal digits, as a text.
  mutating func member(_ key: StaticString, hex word: UInt64) {
    put(key)
    put(UInt8(ascii: "\""))
    put(hex: word)
    put(UInt8(ascii: "\""))
  }

  /// A trace's 32.
  mutating func member(_ key: StaticString, hex words: (high: UInt64, low: UInt64)) {
    put(key)
    put(UInt8(ascii: "\""))
    put(hex: words.high)
    put(hex: words.low)
    put(UInt8(ascii: "\""))
  }

  /// A name with its quotes.
  mutating func quoted(_ text: String) {
    var text = text
    put(UInt8(ascii: "\""))
    text.withUTF8 { escaped(UnsafeRawBufferPointer($0), most: LineText.name) }
    put(UInt8(ascii: "\""))
  }
}
