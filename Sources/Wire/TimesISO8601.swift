extension Times {
  /// Reads `2012-09-04T23:01:02Z`, with a fraction of one to nine digits and `±hh:mm` instead of `Z` if wanted
  /// (RFC 3339 §5.6); milliseconds since 1970, further digits cut off.
  ///
  /// Nil for everything else: a day or an hour that does not exist, the second 60, `24:00:00`, a small `t` or `z` (RFC
  /// 3339 allows refusing them), no zone at all, a moment that in UTC is outside the years 1 to 9999.
  package static func parseISO8601(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
      let century = pair(text, 0), let year = pair(text, 2), let month = pair(text, 5), let day = pair(text, 8),
      let date = CalendarDay(year: century * 100 + year, month: month, day: day), let clock = clock(text, 11)
    else { return nil }
    var here = 19
    guard let fraction = fraction(text, &here), let zone = zone(text, here) else { return nil }
    return inRange(Int64(date.number * 86_400 + clock - zone * 60) * 1000 + Int64(fraction))
  }

  /// Passes `.` and digits if they are there; gives whole milliseconds, cut off: a moment is never moved into the
  /// future.
  private static func fraction(_ text: UnsafeRawBufferPointer, _ here: inout Int) -> Int? {
    guard text[here] == UInt8(ascii: ".") else { return 0 }
    here += 1
    let start = here
    var value = 0
    while here < text.count, text[here] &- UInt8(ascii: "0") < 10 {
      if here - start < 3 { value = value * 10 + Int(text[here] &- UInt8(ascii: "0")) }
      here += 1
    }
    switch here - start {
    case 1: return value * 100
    case 2: return value * 10
    case 3...9: return value
    default: return nil
    }
  }

  /// Minutes east of UTC, from the rest of the text: `Z` or `±hh:mm`.
  private static func zone(_ text: UnsafeRawBufferPointer, _ here: Int) -> Int? {
    if text.count == here + 1 { return text[here] == UInt8(ascii: "Z") ? 0 : nil }
    guard text.count == here + 6, text[here + 3] == UInt8(ascii: ":"),
      let hours = pair(text, here + 1), let minutes = pair(text, here + 4), hours < 24, minutes < 60
    else { return nil }
    switch text[here] {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }

  /// Writes `2012-09-04T23:01:02Z`, rounded down to whole seconds, or `2012-09-04T23:01:02.345Z` with `millis`.
  ///
  /// Four digits are all a year has: a moment outside of `range` is written as the nearest inside, and the result is
  /// false.
  @discardableResult
  package static func writeISO8601(_ ms: Int64, millis: Bool, to output: Output) -> Bool {
    let (day, second, millisecond) = split(ms)
    let date = CalendarDay(number: day)
    let length = millis ? 24 : 20
    let place = output.room(length)
    write(pair: date.year / 100, to: place)
    write(pair: date.year % 100, to: place + 2)
    place[4] = UInt8(ascii: "-")
    write(pair: date.month, to: place + 5)
    place[7] = UInt8(ascii: "-")
    write(pair: date.day, to: place + 8)
    place[10] = UInt8(ascii: "T")
    write(clock: second, to: place + 11)
    if millis {
      place[19] = UInt8(ascii: ".")
      place[20] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: millisecond / 100)
      write(pair: millisecond % 100, to: place + 21)
    }
    place[length - 1] = UInt8(ascii: "Z")
    output.advance(length)
    return range.contains(ms)
  }

  /// The number of the day, the second in it and the millisecond in that, of the nearest moment that can be written.
  static func split(_ ms: Int64) -> (day: Int, second: Int, millisecond: Int) {
    // From the year 1 on, so that every quotient rounds the same way.
    let since = Int(min(max(ms, range.lowerBound), range.upperBound) - range.lowerBound)
    return (since / 86_400_000 - 719_162, since / 1000 % 86_400, since % 1000)
  }
}
