/// A day of the Gregorian calendar and its number, counted from 1970-01-01.
///
/// Years are taken to begin on 1 March, so that the leap day is the last of its year and the months before it follow
/// one rule: months 31 30 31 30 31 days long, over and over.
struct CalendarDay: Equatable {
  var year: Int
  var month: Int
  var day: Int

  /// A day that exists; nil for every other combination.
  init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CalendarDay.length(ofMonth: month, year: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day with this number, which has to lie in the years 1 to 9999.
  init(number: Int) {
    // 719,468 days from 1 March of the year 0 to 1970-01-01; 146,097 days are 400 years.
    let days = number + 719_468
    let era = days / 146_097
    let inEra = days % 146_097
    // Taking away the leap days passed so far (one each 1,460 days, but for the centuries) leaves years of 365 days.
    let yearOfEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100)
    let sinceMarch = (inYear * 5 + 2) / 153
    day = inYear - CalendarDay.daysBefore(sinceMarch) + 1
    month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var number: Int {
    let shifted = month <= 2 ? year - 1 : year
    let sinceMarch = month <= 2 ? month + 9 : month - 3
    let leapDays = shifted / 4 - shifted / 100 + shifted / 400
    return shifted * 365 + leapDays + CalendarDay.daysBefore(sinceMarch) + day - 1 - 719_468
  }

  /// 0 for a Sunday to 6 for a Saturday; 1970-01-01 was a Thursday.
  static func weekday(ofNumber number: Int) -> Int {
    let rest = (number + 4) % 7
    return rest < 0 ? rest + 7 : rest
  }

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1 March to the first of the month so many later: five months are 153 days.
  private static func daysBefore(_ sinceMarch: Int) -> Int { (sinceMarch * 153 + 2) / 5 }
}
