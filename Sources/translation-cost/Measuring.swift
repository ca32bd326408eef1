import CAllocations

/// What one way of doing something costs.
struct Cost {
  /// Microseconds for one, the median of many batches.
  var median: Double
  /// The quickest and the slowest batch.
  var least: Double
  var most: Double
  /// Allocations for one, once everything has reached its size.
  var allocations: Double
}

/// Times `body` in batches of `size`; what it gives is added up, so that nothing is optimised away.
func cost(batches: Int = 41, size: Int, _ body: () throws -> Int) rethrows -> Cost {
  var sum = 0
  for _ in 0..<size { sum &+= try body() }
  var times: [Double] = []
  let clock = ContinuousClock()
  for _ in 0..<batches {
    let start = clock.now
    for _ in 0..<size { sum &+= try body() }
    let spent = clock.now - start
    let nanoseconds = Double(spent.components.seconds) * 1e9 + Double(spent.components.attoseconds) / 1e9
    times.append(nanoseconds / Double(size) / 1000)
  }
  let before = allocations_so_far()
  for _ in 0..<size { sum &+= try body() }
  let after = allocations_so_far()
  if sum == 42 { print("") }
  times.sort()
  return Cost(
    median: times[times.count / 2], least: times.first ?? 0, most: times.last ?? 0,
    allocations: Double(after - before) / Double(size))
}

/// A number with two or three digits behind the point.
func fixed(_ value: Double, _ digits: Int = 3) -> String {
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value * Double(scale)).rounded())
  return "\(whole / scale)." + String(String(scale + whole % scale).dropFirst())
}
