import Testing
import Wire

@Suite("Points in time")
struct TimesTests {
  static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func iso(_ text: String) -> Int64? { bytes(of: text, Times.parseISO8601) }
  static func http(_ text: String) -> Int64? { bytes(of: text, Times.parseRFC1123) }

  /// Counts day after day from a year's first, as one would on paper; nothing here divides.
  static func everyDay(from first: Int, through last: Int, _ body: (Int, Int, Int, Int) -> Void) {
    var number = 0
    func days(_ year: Int) -> [Int] {
      let leap = year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
      return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }
    if first < 1970 { for year in first..<1970 { number -= days(year).reduce(0, +) } }
    if first > 1970 { for year in 1970..<first { number += days(year).reduce(0, +) } }
    for year in first...last {
      for (month, length) in days(year).enumerated() {
        for day in 1...length {
          body(year, month + 1, day, number)
          number += 1
        }
      }
    }
  }

  static func padded(_ value: Int, _ width: Int = 2) -> String {
    String(repeating: "0", count: width - String(value).count) + String(value)
  }

  static func checkDays(from first: Int, through last: Int) {
    var weekday = -1
    everyDay(from: first, through: last) { year, month, day, number in
      weekday = weekday < 0 ? ((number % 7) + 7) % 7 : (weekday + 1) % 7
      let ms = Int64(number) * 86_400_000
      let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))T00:00:00Z"
      let mail = "\(weekdays[weekday]), \(padded(day)) \(months[month - 1]) \(padded(year, 4)) 00:00:00 GMT"
      let wrong = weekdays[(weekday + 1) % 7] + mail.dropFirst(3)
      let good =
        iso(date) == ms && written { Times.writeISO8601(ms + 999, millis: false, to: $0) } == date
        && http(mail) == ms && written { Times.writeRFC1123(ms + 999, to: $0) } == mail && http(wrong) == nil
      #expect(good, "\(date), \(mail)")
    }
  }

  @Test func everyDayOfTwoCenturies() { Self.checkDays(from: 1900, through: 2100) }
  @Test func theFirstYears() { Self.checkDays(from: 1, through: 5) }
  @Test func theLastYears() { Self.checkDays(from: 9996, through: 9999) }

  @Test func everySecondOfADay() {
    for second in 0..<86_400 {
      let clock = "\(Self.padded(second / 3600)):\(Self.padded(second / 60 % 60)):\(Self.padded(second % 60))"
      let text = "1969-12-31T\(clock)Z"
      let ms = Int64(second - 86_400) * 1000
      let good = Self.iso(text) == ms && written { Times.writeISO8601(ms, millis: false, to: $0) } == text
      #expect(good, "\(text)")
    }
  }

  @Test(arguments: [
    ("2012-09-04T23:01:02Z", 1_346_799_662_000), ("2012-09-04T23:01:02.3Z", 1_346_799_662_300),
    ("2012-09-04T23:01:02.34Z", 1_346_799_662_340), ("2012-09-04T23:01:02.345Z", 1_346_799_662_345),
    ("2012-09-04T23:01:02.345999999Z", 1_346_799_662_345), ("2012-09-04T23:01:02.000000001Z", 1_346_799_662_000),
    ("2012-09-05T02:01:02+03:00", 1_346_799_662_000), ("2012-09-04T17:31:02.5-05:30", 1_346_799_662_500),
    ("2012-09-04T23:01:02-00:00", 1_346_799_662_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
    ("1969-12-31T23:59:59.999Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("2024-12-31T23:59:59+23:59", 1_735_603_259_000),
  ])
  func isoRead(_ text: String, _ ms: Int64) { #expect(Self.iso(text) == ms) }

  @Test(arguments: [
    "", "2012-09-04", "2012-09-04T23:01:02", "2012-09-04t23:01:02Z", "2012-09-04T23:01:02z", "2012-09-04 23:01:02Z",
    "2012-09-04T23:01:60Z", "2016-12-31T23:59:60Z", "2012-09-04T24:00:00Z", "2012-09-04T23:60:00Z",
    "2012-00-04T23:01:02Z",
    "2012-13-04T23:01:02Z", "2012-09-00T23:01:02Z", "2012-09-31T23:01:02Z", "2011-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "2012-09-04T23:01:02.Z", "2012-09-04T23:01:02.1234567890Z",
    "2012-09-04T23:01:02,5Z", "2012-09-04T23:01:02+0300", "2012-09-04T23:01:02+03", "2012-09-04T23:01:02+24:00",
    "2012-09-04T23:01:02+03:60", "2012-09-04T23:01:02ZZ", "2012-09-04T23:01:02Z ", " 2012-09-04T23:01:02Z",
    "12012-09-04T23:01:02Z", "+2012-09-04T23:01:02Z", "2012-9-04T23:01:02Z", "2012-09-04T23:01Z", "20120904T230102Z",
    "2012-09-04T23:01:02.5", "2012-09-04T23:01:02.", "2012-09-04T23:01:02*03:00", "2012-09-04T23:01:02+03-00",
    "2012/09/04T23:01:02Z", "2012-09-04T23.01.02Z", "2O12-09-04T23:01:02Z", "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01", "2012-09-04T23:01:02-3:00", "２012-09-04T23:01:02Z",
  ])
  func isoRefused(_ text: String) { #expect(Self.iso(text) == nil) }

  @Test(arguments: [
    "", "Tue, 04 Sep 2012 23:01:02", "Mon, 04 Sep 2012 23:01:02 GMT", "tue, 04 Sep 2012 23:01:02 GMT",
    "Tue, 04 sep 2012 23:01:02 GMT", "Tue, 04 Sep 2012 23:01:02 gmt", "Tue, 04 Sep 2012 23:01:02 UTC",
    "Tue, 4 Sep 2012 23:01:02 GMT", "Tue,  4 Sep 2012 23:01:02 GMT", "Tue 04 Sep 2012 23:01:02 GMT!",
    "Tue, 04 Sep 2012 24:01:02 GMT", "Tue, 04 Sep 2012 23:01:60 GMT", "Fri, 31 Sep 2012 23:01:02 GMT",
    "Tue, 04 Sep 12 23:01:02 GMT", "Tuesday, 04-Sep-12 23:01:02 GMT", "Tue Sep  4 23:01:02 2012",
    "Sat, 01 Jan 0000 00:00:00 GMT",
    "Tue, 04 Sep 2012 23:01:02 +0000", "Tue, 04-Sep-2012 23:01:02 GMT", "Tue, 04 Sep 2012 23-01-02 GMT",
    "Tue; 04 Sep 2012 23:01:02 GMT", "unT, 04 Sep 2012 23:01:02 GMT",
  ])
  func httpRefused(_ text: String) { #expect(Self.http(text) == nil) }

  @Test func writtenForms() {
    let ms: Int64 = 1_346_799_662_045
    #expect(written { Times.writeISO8601(ms, millis: true, to: $0) } == "2012-09-04T23:01:02.045Z")
    #expect(written { Times.writeISO8601(ms, millis: false, to: $0) } == "2012-09-04T23:01:02Z")
    #expect(written { Times.writeRFC1123(ms, to: $0) } == "Tue, 04 Sep 2012 23:01:02 GMT")
    #expect(written { Times.writeISO8601(-1, millis: false, to: $0) } == "1969-12-31T23:59:59Z")
    #expect(written { Times.writeRFC1123(-1, to: $0) } == "Wed, 31 Dec 1969 23:59:59 GMT")
  }

  @Test func whatFourDigitsCannotSayIsSaidToBeWrong() {
    for (ms, text) in [(Int64.min, "0001-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z")] {
      let output = Output()
      let iso = Times.writeISO8601(ms, millis: true, to: output)
      #expect(!iso && String(decoding: output.written, as: UTF8.self) == text)
      let http = Times.writeRFC1123(ms, to: output)
      #expect(!http && output.count == 53)
    }
    let last = Times.writeISO8601(Times.range.upperBound, millis: true, to: Output())
    #expect(last)
  }

  @Test func randomMomentsSurvive() {
    var dice = Dice(seed: 7)
    for _ in 0..<20_000 {
      let ms = Int64.random(in: Times.range, using: &dice)
      let good =
        Self.iso(written { Times.writeISO8601(ms, millis: true, to: $0) }) == ms
        && Self.http(written { Times.writeRFC1123(ms, to: $0) }) == Times.seconds(ms) * 1000
      #expect(good, "\(ms)")
    }
  }

  @Test func epochs() {
    func seconds(_ text: String) -> Int64? { bytes(of: text, Times.parseEpochSeconds) }
    func millis(_ text: String) -> Int64? { bytes(of: text, Times.parseEpochMillis) }
    #expect(seconds("0") == 0 && millis("0") == 0)
    #expect(seconds("1346799662") == 1_346_799_662_000 && millis("1346799662045") == 1_346_799_662_045)
    #expect(seconds("-1") == -1000 && millis("-1") == -1)
    #expect(seconds("253402300799") == 253_402_300_799_000 && seconds("253402300800") == nil)
    #expect(millis("253402300800000") == nil && seconds("999999999999999999") == nil)
    for text in [
      "", "-", "+1", "01", "1.0", "1e3", " 1", "1 ", "x", "-0", "9223372036854775807", "1234567890123456789012",
    ] {
      #expect(seconds(text) == nil && millis(text) == nil)
    }
    #expect(Times.seconds(-1) == -1 && Times.seconds(-1000) == -1 && Times.seconds(-1001) == -2)
    #expect(Times.seconds(999) == 0 && Times.seconds(1000) == 1 && Times.seconds(.min) == -9_223_372_036_854_776)
  }
}
