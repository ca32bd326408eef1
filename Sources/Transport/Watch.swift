import NIOCore

/// Notices that something has stopped moving. Time is handed in.
struct Watch {
  private(set) var since = NIODeadline.uptimeNanoseconds(0)
  private var start = 0

  /// Begins to watch a count that stands at `count`.
  mutating func restart(at now: NIODeadline, count: Int) {
    since = now
    start = count
  }

  /// Whether the count has grown by less than `least` over the `limit` of time that has passed; begins anew when it has
  /// grown by enough.
  mutating func hasStalled(at now: NIODeadline, count: Int, least: Int, limit: TimeAmount) -> Bool {
    if count - start >= least {
      restart(at: now, count: count)
      return false
    }
    return now - since >= limit
  }
}
