import JobModel
import Testing

@Suite("When work is started again")
struct ScheduleTests {
  /// 2024-01-31T10:00:00Z, in a leap year.
  static let start: Int64 = 1_706_695_200_000
  static let day: Int64 = 86_400_000

  private func schedule(_ interval: Schedule.Interval?, isEnabled: Bool = true) -> Schedule {
    Schedule(id: "1", name: "nightly", start: Self.start, interval: interval, isEnabled: isEnabled)
  }

  @Test func startsOnceWithoutAnInterval() {
    let once = schedule(nil)
    #expect(once.next(after: Self.start - 1) == Self.start)
    #expect(once.next(after: Self.start) == nil)
  }

  @Test func missedStartsAreNotMadeUpFor() {
    let hourly = schedule(.seconds(3600))
    #expect(hourly.next(after: Self.start - 5 * Self.day) == Self.start)
    #expect(hourly.next(after: Self.start) == Self.start + 3_600_000)
    #expect(hourly.next(after: Self.start + 10 * Self.day + 1) == Self.start + 10 * Self.day + 3_600_000)
  }

  @Test func monthsAreAsLongAsTheCalendarMakesThem() {
    let monthly = schedule(.months(1))
    let starts = (0..<3).reduce(into: [Self.start]) { found, _ in found.append(monthly.next(after: found.last!)!) }
    // 31 January, 29 February, 31 March, 30 April.
    #expect(starts.map { ($0 - Self.start) / Self.day } == [0, 29, 60, 90])
    #expect(starts.allSatisfy { ($0 - Self.start) % Self.day == 0 })
  }

  @Test func everyDayOfFourCenturiesIsFoundAgain() {
    let yearly = schedule(.months(12))
    var time = Self.start
    for year in 1...400 {
      let next = yearly.next(after: time)!
      let isAfterLeapDay = [1, 0].contains(year % 4) && (year % 4 == 1)
      let leap = isAfterLeapDay && ![2100, 2200, 2300].contains(2023 + year)
      #expect((next - time) / Self.day == (leap ? 366 : 365), "\(2024 + year)")
      time = next
    }
  }

  @Test func aDisabledScheduleStartsNothing() {
    #expect(schedule(.seconds(1), isEnabled: false).next(after: 0) == nil)
  }
}
