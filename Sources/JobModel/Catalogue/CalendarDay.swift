/// A day of the Gregorian calendar and a time of that day, UTC.
struct CalendarDay: Equatable {
  let year: Int
  /// 1 to 12.
  let month: Int
  /// 1 to 31.
  let day: Int
  /// Milliseconds since midnight.
  let rest: Int64

  /// The day of a time in milliseconds since 1970.
  init(milliseconds: Int64) {
    let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    rest = milliseconds - Int64(days) * 86_400_000
    // Years that begin in March, in eras of 400 years: the leap day is the last of its year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marched = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marched + 2) / 5 + 1
    month = marched < 10 ? marched + 3 : marched - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  private init(year: Int, month: Int, day: Int, rest: Int64) {
    self.year = year
    self.month = month
    self.day = day
    self.rest = rest
  }

  /// The time, in milliseconds since 1970.
  var milliseconds: Int64 {
    let marched = month > 2 ? month - 3 : month + 9
    let from = month > 2 ? year : year - 1
    let era = (from >= 0 ? from : from - 399) / 400
    let yearOfEra = from - era * 400
    let dayOfYear = (153 * marched + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400_000 + rest
  }

  /// That many months later, at the same time of the same day, or of the month's last.
  func adding(months: Int) -> CalendarDay {
    let all = year * 12 + month - 1 + months
    let (year, month) = (all / 12, all % 12 + 1)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    return CalendarDay(year: year, month: month, day: min(day, length), rest: rest)
  }
}
