/// The name of one request, 1 to 64 bytes that are safe in a header, a log and a shell.
package struct RequestID: Sendable {
  /// The most bytes of an id.
  package static let most = 64

  private var bytes: InlineArray<64, UInt8>
  private var count: Int

  /// Takes up an id that a client chose (`X-Request-Id`): letters, digits and `-._~`, no more than 64 of them. Nil when it
  /// is anything else; then the gateway's own id is used, and what was sent is neither logged nor sent back.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard (1...RequestID.most).contains(text.count) else { return nil }
    bytes = InlineArray(repeating: 0)
    count = text.count
    for index in text.indices {
      guard RequestID.isSafe(text[index]) else { return nil }
      bytes[index] = text[index]
    }
  }

  /// Base 32 of the parts, five bits a digit, the highest first.
  init(parts: (value: UInt64, digits: Int)...) {
    bytes = InlineArray(repeating: 0)
    count = 0
    for part in parts { append(part.value, digits: part.digits) }
  }

  init(prefix: RequestID, _ value: UInt64, digits: Int) {
    self = prefix
    append(value, digits: digits)
  }

  private mutating func append(_ value: UInt64, digits: Int) {
    var rest = value
    var place = count + digits
    count = place
    for _ in 0..<digits {
      place -= 1
      bytes[place] = RequestID.digits.utf8Start[Int(rest & 31)]
      rest >>= 5
    }
  }

  /// Takes another last digit, of base 32.
  mutating func endIn(_ digit: UInt64) { bytes[count - 1] = RequestID.digits.utf8Start[Int(digit & 31)] }

  /// Lends the bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeBytes(of: bytes) { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// As text. Not for the hot path.
  package var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  private static func isSafe(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }

  /// Crockford's digits in lower case: they sort as their values do.
  private static let digits: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
}
