/// Times as RFC 3339 has them, UTC, with milliseconds. What does not change within a second is worked out once in it.
struct LineClock {
  private var second = Int64.min
  /// `2026-11-22T07:31:23.`
  private var text = InlineArray<20, UInt8>(repeating: 0x30)

  /// Writes a time given in milliseconds since 1970; outside the years 1…9999 the nearest there is.
  mutating func write(_ milliseconds: Int64, to line: inout LineText) {
    let bounded = min(max(milliseconds, LineClock.first), LineClock.last)
    let now = bounded >= 0 ? bounded / 1000 : (bounded - 999) / 1000
    if now != second { render(now) }
    withUnsafeBytes(of: text) { line.put($0) }
    let rest = bounded - now * 1000
    line.put(UInt8(0x30 + rest / 100))
    line.put(UInt8(0x30 + rest / 10 % 10))
    line.put(UInt8(0x30 + rest % 10))
    line.put("Z")
  }

  private static let first: Int64 = -62_135_596_800_000
  private static let last: Int64 = 253_402_300_799_999

  private mutating func render(_ now: Int64) {
    second = now
    let day = now >= 0 ? now / 86_400 : (now - 86_399) / 86_400
    let rest = now - day * 86_400
    // Days are counted from 1 March of the year 0, so that a leap day comes last (Hinnant, "chrono-compatible low-level date
    // algorithms").
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    put(year / 100, 0)
    put(year % 100, 2)
    put(month, 5)
    put(dayOfYear - (153 * march + 2) / 5 + 1, 8)
    put(rest / 3600, 11)
    put(rest / 60 % 60, 14)
    put(rest % 60, 17)
    text[4] = UInt8(ascii: "-")
    text[7] = UInt8(ascii: "-")
    text[10] = UInt8(ascii: "T")
    text[13] = UInt8(ascii: ":")
    text[16] = UInt8(ascii: ":")
    text[19] = UInt8(ascii: ".")
  }

  private mutating func put(_ value: Int64, _ place: Int) {
    text[place] = UInt8(0x30 + value / 10)
    text[place + 1] = UInt8(0x30 + value % 10)
  }
}
