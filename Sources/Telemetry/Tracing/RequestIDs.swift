import Synchronization

/// Makes request ids: the second the process started in, 20 random bits, a count. 19 digits of base 32, different over
/// restarts, and growing as far as one loop is concerned.
///
/// One for the process; each event loop takes a `Source`, which comes back for a block of numbers every 1024 requests.
package final class RequestIDs: Sendable {
  private let prefix: RequestID
  private let next = Atomic<UInt64>(0)
  private static let block: UInt64 = 1024

  /// `started` is in seconds since 1970.
  package init(started: Int64, using random: inout some RandomNumberGenerator) {
    prefix = RequestID(parts: (UInt64(max(started, 0)), 7), (random.next(), 4))
  }

  /// One thread's supply.
  package struct Source {
    private let ids: RequestIDs
    private var next: UInt64 = 0
    private var end: UInt64 = 0
    private var last: RequestID

    init(_ ids: RequestIDs) {
      self.ids = ids
      last = ids.prefix
    }

    /// An id that nobody else has.
    package mutating func make() -> RequestID {
      if next == end {
        next = ids.next.wrappingAdd(RequestIDs.block, ordering: .relaxed).oldValue
        end = next + RequestIDs.block
      }
      // Of 32 in a row the first has all digits made, the others the last one.
      if next & 31 == 0 { last = RequestID(prefix: ids.prefix, next, digits: 8) } else { last.endIn(next & 31) }
      next += 1
      return last
    }
  }

  /// A supply for one thread.
  package func makeSource() -> Source { Source(self) }
}
