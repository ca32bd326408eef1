import Synchronization

/// What a server, or one of its listeners, has done so far, and what it has open.
package struct Counters: Sendable, Equatable {
  /// Connections open now.
  package var connections = 0
  /// Connections accepted so far.
  package var accepted = 0
  /// Connections closed at once because there were too many.
  package var turnedAway = 0
  /// TLS handshakes completed so far.
  package var handshakes = 0
  /// TLS handshakes that were begun and not completed: refused by either side, given up, or too slow.
  package var handshakesFailed = 0
  /// Connections so far that turned out to speak HTTP/1.
  package var http1Connections = 0
  /// Connections so far that turned out to speak HTTP/2.
  package var http2Connections = 0
  /// Requests being read or answered now.
  package var exchanges = 0
  /// Those of them that are streams of HTTP/2.
  package var streams = 0
  /// Requests handed to the responder so far.
  package var requests = 0
  /// Those of them that came by HTTP/2.
  package var http2Requests = 0
  /// Requests and connections ended for breaking the protocol or a limit.
  package var violations = 0
  /// Connections ended because nothing moved.
  package var timeouts = 0
  /// Octets read from the network, encrypted where there is TLS.
  package var bytesIn = 0
  /// Octets handed to the system for writing, encrypted where there is TLS.
  package var bytesOut = 0

  /// Nothing has happened yet.
  package init() {}
}

/// One loop's share of a listener's counters: written by that loop alone, read by anybody.
final class LoopCounters: Sendable {
  let connections = Atomic<Int>(0)
  let accepted = Atomic<Int>(0)
  let turnedAway = Atomic<Int>(0)
  let handshakes = Atomic<Int>(0)
  let handshakesFailed = Atomic<Int>(0)
  let http1Connections = Atomic<Int>(0)
  let http2Connections = Atomic<Int>(0)
  let exchanges = Atomic<Int>(0)
  let streams = Atomic<Int>(0)
  let requests = Atomic<Int>(0)
  let http2Requests = Atomic<Int>(0)
  let violations = Atomic<Int>(0)
  let timeouts = Atomic<Int>(0)
  let bytesIn = Atomic<Int>(0)
  let bytesOut = Atomic<Int>(0)

  /// Adds this loop's share.
  func add(to sum: inout Counters) {
    sum.connections += connections.load(ordering: .relaxed)
    sum.accepted += accepted.load(ordering: .relaxed)
    sum.turnedAway += turnedAway.load(ordering: .relaxed)
    sum.handshakes += handshakes.load(ordering: .relaxed)
    sum.handshakesFailed += handshakesFailed.load(ordering: .relaxed)
    sum.http1Connections += http1Connections.load(ordering: .relaxed)
    sum.http2Connections += http2Connections.load(ordering: .relaxed)
    sum.exchanges += exchanges.load(ordering: .relaxed)
    sum.streams += streams.load(ordering: .relaxed)
    sum.requests += requests.load(ordering: .relaxed)
    sum.http2Requests += http2Requests.load(ordering: .relaxed)
    sum.violations += violations.load(ordering: .relaxed)
    sum.timeouts += timeouts.load(ordering: .relaxed)
    sum.bytesIn += bytesIn.load(ordering: .relaxed)
    sum.bytesOut += bytesOut.load(ordering: .relaxed)
  }
}

extension Atomic where Value == Int {
  /// There is one writer, so that a load and a store do what would otherwise take a locked instruction.
  func bump(by amount: Int = 1) { store(load(ordering: .relaxed) &+ amount, ordering: .relaxed) }
}
