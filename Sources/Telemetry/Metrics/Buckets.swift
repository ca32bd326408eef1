/// The buckets of every histogram of durations: from 50 µs, less than a request that only touches memory takes on a busy
/// machine, to 10 s, more than a client waits.
enum Buckets {
  /// Upper bounds in nanoseconds, inclusive.
  static let bounds: [Int64] = [
    50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
    1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
  ]

  /// Where the sum stands, behind the buckets and the one without a bound.
  static let sum = 18
  static let cells = 19

  /// The first bucket that holds a duration. Most are in the first ones.
  static func index(of nanoseconds: Int64) -> Int {
    var index = 0
    while index < bounds.count, nanoseconds > bounds[index] { index += 1 }
    return index
  }
}
