/// Status codes as three digits, in memory that lives for ever.
package enum Status {
  /// `:status` (RFC 9113 §8.3.2).
  static var name: UnsafeRawBufferPointer { immortal(":status") }

  /// Something to point at where a value is empty.
  static var nothing: UnsafePointer<UInt8> { UnsafePointer(StaticString("").utf8Start) }

  /// All codes from 100 to 999, one after the other; written once and never changed, hence safe to share.
  nonisolated(unsafe) private static let table: UnsafeRawBufferPointer = {
    let table = UnsafeMutableRawBufferPointer.allocate(byteCount: 900 * 3, alignment: 1)
    for code in 100...999 {
      let offset = (code - 100) * 3
      table[offset] = UInt8(48 + code / 100)
      table[offset + 1] = UInt8(48 + code / 10 % 10)
      table[offset + 2] = UInt8(48 + code % 10)
    }
    return UnsafeRawBufferPointer(table)
  }()

  /// The digits of a status code; 500 stands in for what is none.
  package static func digits(_ code: Int) -> UnsafeRawBufferPointer {
    let offset = ((100...999).contains(code) ? code - 100 : 400) * 3
    return UnsafeRawBufferPointer(rebasing: table[offset..<offset + 3])
  }

  /// The bytes of a literal.
  package static func immortal(_ text: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
