extension Times {
  /// Reads `2012-09-04T23:01:02Z`, with a fraction of one to nine digits and `±hh:mm` instead of `Z` if wanted
  /// (RFC 3339 §5.6); milliseconds since 1970, further digits cut off.
  ///
  /// Nil for everything else: a day or an hour that does not exist, the second 60, `24:00:00`, a small `t` or `z` (RFC
  /// 3339 allows refusing them), no zone at all, a moment that in UTC is outside the years 1 to 9999.
  package static func parseISO8601(_ text: UnsafeRawBufferPointer) -> Int64? {
    if text.count == 20 { return parseSeconds(text) }
    guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
      let century = pair(text, 0), let year = pair(text, 2), let month = pair(text, 5), let day = pair(text, 8),
      let date = CalendarDay(year: century * 100 + year, month: month, day: day), let clock = clock(text, 11)
    else { return nil }
    var here = 19
    guard let fraction = fraction(text, &here), let zone = zone(text, here) else { return nil }
    return inRange(Int64(date.number * 86_400 + clock - zone * 60) * 1000 + Int64(fraction))
  }

  /// `2012-09-04T23:01:02Z`, which is how nearly all of them are written: three words that overlap hold it.
  private static func parseSeconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    // What remains of each byte is a digit's value; nothing, where punctuation is what it has to be.
    let date = word(text, 0) ^ 0x2D30_302D_3030_3030
    let hour = word(text, 8) ^ 0x3030_3A30_3054_3030
    let rest = word(text, 12) ^ 0x5A30_303A_3030_3A30
    let sixes: UInt64 = 0x0606_0606_0606_0606
    let tens = date | hour | rest | (date &+ sixes) | (hour &+ sixes) | (rest &+ sixes)
    let marks = date & 0xFF00_00FF_0000_0000 | hour & 0x0000_FF00_00FF_0000 | rest & 0xFF00_00FF_0000_FF00
    guard tens & 0xF0F0_F0F0_F0F0_F0F0 == 0, marks == 0 else { return nil }
    func pair(_ word: UInt64, _ place: UInt64) -> Int {
      Int(truncatingIfNeeded: word &>> (place &* 8) & 15 &* 10 &+ word &>> (place &* 8 &+ 8) & 15)
    }
    let clock = (hour: pair(hour, 3), minute: pair(hour, 6), second: pair(rest, 5))
    guard clock.hour < 24, clock.minute < 60, clock.second < 60,
      let day = CalendarDay(year: pair(date, 0) * 100 + pair(date, 2), month: pair(date, 5), day: pair(hour, 0))
    else { return nil }
    return Int64(day.number * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second) * 1000
  }

  private static func word(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
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
