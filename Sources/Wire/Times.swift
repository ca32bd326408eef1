/// Points in time as the platforms write them, to and from milliseconds since 1970-01-01T00:00:00Z, nothing allocated.
///
/// Years 1 to 9999 of the Gregorian calendar carried backwards (RFC 3339 §5), days of 86,400 seconds: a leap second,
/// which that count has no number for, is refused.
@usableFromInline
package enum Times {
  /// The first millisecond of the year 1 and the last of the year 9999.
  package static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  /// `ms` rounded down to whole seconds since 1970.
  @inlinable @inline(__always)
  package static func seconds(_ ms: Int64) -> Int64 {
    ms >= 0 ? ms / 1000 : (ms &+ 1) / 1000 &- 1
  }

  /// Whole seconds since 1970 in decimal digits, as milliseconds; nil if it is no integer or outside the years 1 to
  /// 9999.
  package static func parseEpochSeconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let seconds = integer(text), seconds.magnitude < 1 << 40 else { return nil }
    return inRange(seconds * 1000)
  }

  /// Milliseconds since 1970 in decimal digits; nil if it is no integer or outside the years 1 to 9999.
  package static func parseEpochMillis(_ text: UnsafeRawBufferPointer) -> Int64? {
    integer(text).flatMap(inRange)
  }

  static func inRange(_ ms: Int64) -> Int64? { range.contains(ms) ? ms : nil }

  /// A JSON integer of up to 18 digits, so that no sum overflows.
  private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
    let negative = text.first == UInt8(ascii: "-")
    let from = negative ? 1 : 0
    guard text.count > from, text.count <= from + 18 else { return nil }
    if text[from] == UInt8(ascii: "0"), text.count > 1 { return nil }
    var value: Int64 = 0
    for index in from..<text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return negative ? -value : value
  }

  /// The number that two digits stand for; nil if one is none. Both bytes have to be there.
  static func pair(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
    let tens = text[offset] &- UInt8(ascii: "0")
    let ones = text[offset &+ 1] &- UInt8(ascii: "0")
    guard tens < 10, ones < 10 else { return nil }
    return Int(tens) &* 10 &+ Int(ones)
  }

  /// The seconds into the day of `hh:mm:ss` at `offset`; nil unless 00:00:00 to 23:59:59.
  static func clock(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
    guard text[offset + 2] == UInt8(ascii: ":"), text[offset + 5] == UInt8(ascii: ":"),
      let hour = pair(text, offset), let minute = pair(text, offset + 3), let second = pair(text, offset + 6),
      hour < 24, minute < 60, second < 60
    else { return nil }
    return hour &* 3600 &+ minute &* 60 &+ second
  }

  @inline(__always)
  static func write(pair value: Int, to place: UnsafeMutablePointer<UInt8>) {
    let value = UInt8(truncatingIfNeeded: value)
    place[0] = UInt8(ascii: "0") &+ value / 10
    place[1] = UInt8(ascii: "0") &+ value % 10
  }

  /// Writes `hh:mm:ss` for seconds into a day.
  static func write(clock seconds: Int, to place: UnsafeMutablePointer<UInt8>) {
    write(pair: seconds / 3600, to: place)
    place[2] = UInt8(ascii: ":")
    write(pair: seconds / 60 % 60, to: place + 3)
    place[5] = UInt8(ascii: ":")
    write(pair: seconds % 60, to: place + 6)
  }
}
