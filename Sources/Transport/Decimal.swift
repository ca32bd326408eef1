import HTTP2

/// Numbers as digits without a string.
enum Decimal {
  /// Lends the digits of a number that is not negative.
  static func withDigits(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { room in
      var rest = max(number, 0)
      var position = room.count
      repeat {
        position -= 1
        room[position] = UInt8(48 + rest % 10)
        rest /= 10
      } while rest > 0
      body(UnsafeRawBufferPointer(rebasing: room[position...]))
    }
  }
}

extension FieldBlock {
  /// Adds `content-length`.
  mutating func appendLength(_ count: Int) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { room in
      var length = 0
      Decimal.withDigits(count) { digits in
        room.copyMemory(from: digits)
        length = digits.count
      }
      append(
        name: Status.immortal("content-length"), value: UnsafeRawBufferPointer(rebasing: room[..<length]))
    }
  }
}
