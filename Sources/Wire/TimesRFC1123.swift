extension Times {
  /// Reads `Tue, 04 Sep 2012 23:01:02 GMT`: the form of RFC 1123 §5.2.14 that HTTP fixed (RFC 9110 §5.6.7,
  /// IMF-fixdate).
  ///
  /// Milliseconds since 1970. Nil for everything else: another length, another case of the letters, a day that does not
  /// exist or was not that day of the week, the second 60.
  package static func parseRFC1123(_ text: UnsafeRawBufferPointer) -> Int64? {
    let space = UInt8(ascii: " ")
    guard text.count == 29, text[3] == UInt8(ascii: ","), text[4] == space, text[7] == space, text[11] == space,
      text[16] == space, text[25] == space, word(text, 26) == packed("GMT"),
      let weekday = index(of: word(text, 0), in: weekdays), let month = index(of: word(text, 8), in: months),
      let day = pair(text, 5), let century = pair(text, 12), let year = pair(text, 14),
      let date = CalendarDay(year: century * 100 + year, month: month + 1, day: day), let clock = clock(text, 17),
      weekday == CalendarDay.weekday(ofNumber: date.number)
    else { return nil }
    return Int64(date.number * 86_400 + clock) * 1000
  }

  /// Writes `Tue, 04 Sep 2012 23:01:02 GMT`, rounded down to whole seconds (RFC 9110 §5.6.7).
  ///
  /// A moment outside of `range` is written as the nearest inside, and the result is false.
  @discardableResult
  package static func writeRFC1123(_ ms: Int64, to output: Output) -> Bool {
    let (number, second, _) = split(ms)
    let date = CalendarDay(number: number)
    let place = output.room(29)
    write(weekdays, CalendarDay.weekday(ofNumber: number), to: place)
    place[3] = UInt8(ascii: ",")
    place[4] = UInt8(ascii: " ")
    write(pair: date.day, to: place + 5)
    place[7] = UInt8(ascii: " ")
    write(months, date.month - 1, to: place + 8)
    place[11] = UInt8(ascii: " ")
    write(pair: date.year / 100, to: place + 12)
    write(pair: date.year % 100, to: place + 14)
    place[16] = UInt8(ascii: " ")
    write(clock: second, to: place + 17)
    place[25] = UInt8(ascii: " ")
    write("GMT", 0, to: place + 26)
    output.advance(29)
    return range.contains(ms)
  }

  private static var weekdays: StaticString { "SunMonTueWedThuFriSat" }
  private static var months: StaticString { "JanFebMarAprMayJunJulAugSepOctNovDec" }

  /// Three letters in one number, so that a name is found by comparing numbers.
  private static func word(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(text[offset]) << 16 | UInt32(text[offset + 1]) << 8 | UInt32(text[offset + 2])
  }

  private static func packed(_ name: StaticString) -> UInt32 {
    name.withUTF8Buffer { word(UnsafeRawBufferPointer($0), 0) }
  }

  private static func index(of name: UInt32, in names: StaticString) -> Int? {
    names.withUTF8Buffer { letters in
      let letters = UnsafeRawBufferPointer(letters)
      return (0..<letters.count / 3).first { word(letters, $0 * 3) == name }
    }
  }

  private static func write(_ names: StaticString, _ index: Int, to place: UnsafeMutablePointer<UInt8>) {
    names.withUTF8Buffer { letters in
      for letter in 0..<3 { place[letter] = letters[index * 3 + letter] }
    }
  }
}
