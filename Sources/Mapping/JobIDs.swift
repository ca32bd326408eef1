/// The arithmetic of job ids (law 7): a number of the ledger inside 32 hexadecimal digits, and back, without a look-up.
///
/// The first 16 digits are a keyed check of the number (SipHash-2-4), the last 16 the number itself: nobody who lacks the
/// key can guess an id, and an id that some platform gave itself is told apart from one of ours.
package struct JobIDs: Sendable {
  private let key: (UInt64, UInt64)

  /// With the key of one ledger; ids are stable as long as it is the same.
  package init(key: (UInt64, UInt64) = (0x6472_6167_6F6D_616E, 0x6A6F_6220_6964_7321)) { self.key = key }

  /// The 32 digits of a number.
  package func hex(_ number: UInt64) -> String { JobIDs.digits(check(number)) + JobIDs.digits(number) }

  /// The number inside 32 hexadecimal digits; nil when they hold none of ours.
  package func number(_ hex: some Collection<UInt8>) -> UInt64? {
    guard hex.count == 32, let head = JobIDs.value(hex.prefix(16)), let tail = JobIDs.value(hex.dropFirst(16)),
      head == check(tail)
    else { return nil }
    return tail
  }

  /// Whether a text is 32 lower-case hexadecimal digits.
  package static func isHex(_ text: some Collection<UInt8>) -> Bool {
    text.count == 32 && text.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func digits(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  private static func value(_ digits: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  /// SipHash-2-4 of the eight bytes of a number (Aumasson and Bernstein, 2012).
  func check(_ number: UInt64) -> UInt64 {
    var v0 = key.0 ^ 0x736F_6D65_7073_6575
    var v1 = key.1 ^ 0x646F_7261_6E64_6F6D
    var v2 = key.0 ^ 0x6C79_6765_6E65_7261
    var v3 = key.1 ^ 0x7465_6462_7974_6573
    func turn(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
    func round() {
      v0 &+= v1
      v1 = turn(v1, 13) ^ v0
      v0 = turn(v0, 32)
      v2 &+= v3
      v3 = turn(v3, 16) ^ v2
      v0 &+= v3
      v3 = turn(v3, 21) ^ v0
      v2 &+= v1
      v1 = turn(v1, 17) ^ v2
      v2 = turn(v2, 32)
    }
    for word in [number, 8 << 56] {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }
    v2 ^= 0xFF
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }
}
