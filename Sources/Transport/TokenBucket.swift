import NIOCore

/// Lets a rate pass, and a burst above it. Time is handed in.
struct TokenBucket {
  private let rate: Double
  private let burst: Double
  private var tokens: Double
  private var filled: NIODeadline

  /// A full bucket: `rate` tokens come each second, `burst` is the most it holds.
  init(rate: Int, burst: Int, at now: NIODeadline) {
    self.rate = Double(rate)
    self.burst = Double(burst)
    tokens = Double(burst)
    filled = now
  }

  /// Takes `count` tokens; false when there were not enough, and then the bucket is empty.
  mutating func take(_ count: Int, at now: NIODeadline) -> Bool {
    if now > filled {
      tokens = min(burst, tokens + Double((now - filled).nanoseconds) / 1e9 * rate)
      filled = now
    }
    tokens -= Double(count)
    guard tokens < 0 else { return true }
    tokens = 0
    return false
  }

  /// Gives `count` tokens, as far as the bucket holds them.
  mutating func earn(_ count: Int) { tokens = min(burst, tokens + Double(count)) }
}
