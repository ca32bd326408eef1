/// When work is to be started again and again.
package struct Schedule: Sendable, Equatable {
  /// The time from one start to the next. Months are as long as the calendar makes them, everything else is seconds.
  package enum Interval: Sendable, Equatable {
    /// Seconds, 1 or more.
    case seconds(Int64)
    /// Calendar months in UTC, 1 or more; a day that a month has not is its last.
    case months(Int)
  }

  /// Its id among the site's schedules.
  package let id: String
  /// What people call it.
  package let name: String
  /// The first start, in milliseconds since 1970, UTC.
  package let start: Int64
  /// The time between starts; nil starts once.
  package let interval: Interval?
  /// A disabled schedule starts nothing, and is kept.
  package let isEnabled: Bool
  /// Whether a start is due although the job of the one before is not over.
  package let mayOverlap: Bool

  /// A schedule.
  package init(
    id: String, name: String, start: Int64, interval: Interval?, isEnabled: Bool = true, mayOverlap: Bool = true
  ) {
    self.id = id
    self.name = name
    self.start = start
    self.interval = interval
    self.isEnabled = isEnabled
    self.mayOverlap = mayOverlap
  }

  /// The first start later than a time, both in milliseconds since 1970; nil when there is none. Starts that were missed
  /// are not made up for.
  package func next(after time: Int64) -> Int64? {
    guard isEnabled else { return nil }
    if time < start { return start }
    switch interval {
    case nil: return nil
    case .seconds(let seconds):
      let step = max(1, seconds) * 1000
      return start + ((time - start) / step + 1) * step
    case .months(let months):
      let day = CalendarDay(milliseconds: start)
      let now = CalendarDay(milliseconds: time)
      let step = max(1, months)
      var count = max(0, (now.year - day.year) * 12 + now.month - day.month) / step
      while true {
        let candidate = day.adding(months: count * step).milliseconds
        if candidate > time { return candidate }
        count += 1
      }
    }
  }
}
