import Synchronization

/// What has been done towards a backend so far, and what is under way. The sums of several loops may be added up.
package struct UpstreamCounters: Sendable, Equatable {
  /// Connections open now.
  package var connections = 0
  /// Connections begun so far.
  package var opened = 0
  /// Connections that never stood.
  package var openingsFailed = 0
  /// Calls taken so far.
  package var calls = 0
  /// Calls neither answered nor failed yet.
  package var underWay = 0
  /// Those of them that wait for a connection to be free.
  package var waiting = 0
  /// Calls answered so far.
  package var answered = 0
  /// Calls sent a second time.
  package var retries = 0
  /// Endpoints sent to rest so far.
  package var ejections = 0
  /// Endpoints that rest, or fail their check, now.
  package var resting = 0
  /// Health checks that failed so far.
  package var checksFailed = 0
  /// Calls failed so far, by `UpstreamFault.Kind`.
  package var refused = 0
  /// No way there.
  package var unreachable = 0
  /// TLS.
  package var tls = 0
  /// Out of time.
  package var timeouts = 0
  /// Ended early.
  package var resets = 0
  /// Not understood.
  package var nonsense = 0
  /// Too large.
  package var tooLarge = 0
  /// Too many.
  package var overloaded = 0
  /// Unwanted.
  package var cancelled = 0
  /// Octets read; inside TLS where there is TLS.
  package var bytesIn = 0
  /// Octets written; inside TLS where there is TLS.
  package var bytesOut = 0

  /// Nothing has happened yet.
  package init() {}
}

/// One loop's share of a backend's counters: written by that loop alone, read by anybody.
package final class UpstreamTally: Sendable {
  let connections = Atomic<Int>(0)
  let opened = Atomic<Int>(0)
  let openingsFailed = Atomic<Int>(0)
  let calls = Atomic<Int>(0)
  let underWay = Atomic<Int>(0)
  let waiting = Atomic<Int>(0)
  let answered = Atomic<Int>(0)
  let retries = Atomic<Int>(0)
  let ejections = Atomic<Int>(0)
  let resting = Atomic<Int>(0)
  let checksFailed = Atomic<Int>(0)
  let refused = Atomic<Int>(0)
  let unreachable = Atomic<Int>(0)
  let tls = Atomic<Int>(0)
  let timeouts = Atomic<Int>(0)
  let resets = Atomic<Int>(0)
  let nonsense = Atomic<Int>(0)
  let tooLarge = Atomic<Int>(0)
  let overloaded = Atomic<Int>(0)
  let cancelled = Atomic<Int>(0)
  let bytesIn = Atomic<Int>(0)
  let bytesOut = Atomic<Int>(0)

  func count(_ kind: UpstreamFault.Kind) {
    switch kind {
    case .refused: refused.bump()
    case .unreachable: unreachable.bump()
    case .tls: tls.bump()
    case .timeout: timeouts.bump()
    case .reset: resets.bump()
    case .nonsense: nonsense.bump()
    case .tooLarge: tooLarge.bump()
    case .overloaded: overloaded.bump()
    case .cancelled: cancelled.bump()
    }
  }

  /// Adds this loop's share.
  package func add(to sum: inout UpstreamCounters) {
    sum.connections += connections.load(ordering: .relaxed)
    sum.opened += opened.load(ordering: .relaxed)
    sum.openingsFailed += openingsFailed.load(ordering: .relaxed)
    sum.calls += calls.load(ordering: .relaxed)
    sum.underWay += underWay.load(ordering: .relaxed)
    sum.waiting += waiting.load(ordering: .relaxed)
    sum.answered += answered.load(ordering: .relaxed)
    sum.retries += retries.load(ordering: .relaxed)
    sum.ejections += ejections.load(ordering: .relaxed)
    sum.resting += resting.load(ordering: .relaxed)
    sum.checksFailed += checksFailed.load(ordering: .relaxed)
    sum.refused += refused.load(ordering: .relaxed)
    sum.unreachable += unreachable.load(ordering: .relaxed)
    sum.tls += tls.load(ordering: .relaxed)
    sum.timeouts += timeouts.load(ordering: .relaxed)
    sum.resets += resets.load(ordering: .relaxed)
    sum.nonsense += nonsense.load(ordering: .relaxed)
    sum.tooLarge += tooLarge.load(ordering: .relaxed)
    sum.overloaded += overloaded.load(ordering: .relaxed)
    sum.cancelled += cancelled.load(ordering: .relaxed)
    sum.bytesIn += bytesIn.load(ordering: .relaxed)
    sum.bytesOut += bytesOut.load(ordering: .relaxed)
  }

  /// This loop's share.
  package var counters: UpstreamCounters {
    var sum = UpstreamCounters()
    add(to: &sum)
    return sum
  }
}
