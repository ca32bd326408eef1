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
    times.append(microseconds(clock.now - start) / Double(size))
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

/// One thing that is done again and again, in batches.
struct Piece {
  let title: String
  /// How often it is done in a batch.
  var size = 2000
  /// Does it once; a number that depends on what was done.
  let once: () async throws -> Int

  init(_ title: String, size: Int = 2000, _ once: @escaping () async throws -> Int) {
    (self.title, self.size, self.once) = (title, size, once)
  }

  /// What it costs; without batches only its allocations are counted.
  func cost(batches: Int) async throws -> Cost {
    var sum = 0
    for _ in 0..<size { sum &+= try await once() }
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<batches {
      let start = clock.now
      for _ in 0..<size { sum &+= try await once() }
      times.append(microseconds(clock.now - start) / Double(size))
    }
    let before = allocations_so_far()
    for _ in 0..<size { sum &+= try await once() }
    let after = allocations_so_far()
    if sum == 42 { print("") }
    times.sort()
    return Cost(
      median: times.isEmpty ? 0 : times[times.count / 2], least: times.first ?? 0, most: times.last ?? 0,
      allocations: Double(after - before) / Double(size))
  }

  func printRow() async throws {
    let found = try await cost(batches: 15)
    print(
      "| \(title) | \(fixed(found.median)) | \(fixed(found.least))–\(fixed(found.most)) | \(fixed(found.allocations, 1)) |"
    )
  }
}

func microseconds(_ time: Duration) -> Double {
  Double(time.components.seconds) * 1e6 + Double(time.components.attoseconds) / 1e12
}

/// A number with two or three digits behind the point.
func fixed(_ value: Double, _ digits: Int = 3) -> String {
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value * Double(scale)).rounded())
  return "\(whole / scale)." + String(String(scale + whole % scale).dropFirst())
}
