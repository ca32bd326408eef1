import HTTP2
import NIOCore

/// One event loop's way to one backend: its connections, its endpoints' health, the calls that wait.
///
/// Not `Sendable`: it is made and used on its loop. A call goes to the endpoint with the fewest calls under way; one
/// that failed before anything of it was sent (`UpstreamFault.Sent.no`) is tried once more, elsewhere if there is an
/// elsewhere; so is a GET whose connection ended before its answer began (RFC 9110 §9.2.2). Everything else is the
/// caller's decision. Whoever lets go of it has to `retire` it, on the loop.
package final class Upstream {
  let loop: Loop
  let settings: UpstreamSettings
  let times: UpstreamTimes

  /// What has been done; may be read from any thread.
  package let tally = UpstreamTally()

  private(set) var endpoints: [UpstreamEndpoint] = []

  /// The endpoint, where there is one.
  private var only: Unmanaged<UpstreamEndpoint>?
  private(set) var isRetired = false
  private var waiting = CircularBuffer<Call>()
  private var turn = 0
  private var isSweeping = false
  private var checkers: [HealthCheck] = []

  /// Octets of bodies that are not whole yet, on connections of HTTP/1.
  var buffered = 0

  /// An upstream without a connection yet; has to be made on the loop. Health checks begin at once.
  package init(_ settings: UpstreamSettings, on loop: LoopHandle) {
    self.loop = loop.loop
    self.settings = settings
    times = UpstreamTimes(settings)
    endpoints = settings.endpoints.map { UpstreamEndpoint($0, of: self) }
    if endpoints.count == 1 { only = endpoints.first.map { .passUnretained($0) } }
    self.loop.know(self)
    guard let check = settings.check else { return }
    checkers = endpoints.map { HealthCheck(check, of: $0, by: self) }
    scheduleSweep()
  }

  // MARK: What callers use

  /// A call to be filled and sent, or released.
  package func take() -> Call {
    let call = loop.takeCall()
    call.open(for: self)
    return call
  }

  /// A call is over, and nobody reads its answer any more.
  func giveBack(_ call: Call) { loop.giveBack(call: call.stream) }

  /// Sends the call; it leaves at the end of the loop's tick. The receiver is told later, in any case and once.
  package func send(_ call: Call, to receiver: any Receiver, tag: Int) {
    guard call.stage == .filling, call.upstream.isHeld(self) else { return }
    call.receiver = receiver
    call.tag = tag
    call.since = loop.now
    tally.calls.bump()
    tally.underWay.bump()
    if let mistake = call.mistake { return failLater(call, .nonsense(mistake)) }
    if endpoints.isEmpty { return failLater(call, .unreachable) }
    scheduleSweep()
    if isRetired { loop.know(self) }
    if waiting.isEmpty || call.pinned != nil, place(call) { return }
    guard call.pinned == nil else { return failLater(call, .overloaded) }
    guard waiting.count < settings.bounds.waiting else { return failLater(call, .overloaded) }
    call.stage = .waiting
    tally.waiting.bump()
    waiting.append(call)
  }

  /// Ends a call that is under way: the receiver hears `cancelled`, at once. Nothing happens when the call of that tag
  /// has ended already.
  package func cancel(_ call: Call, tag: Int) {
    guard call.upstream.isHeld(self), call.tag == tag, call.stage == .waiting || call.stage == .placed else { return }
    abort(call, .cancelled)
  }

  /// Nothing is kept from now on: idle connections are closed, the others when their calls are done, and health is no
  /// longer asked for. A call that still comes, from a request under way, has a connection of its own.
  package func retire() {
    isRetired = true
    checkers = []
    for endpoint in endpoints { endpoint.retire() }
    if isEmpty { loop.forget(self) } else { scheduleSweep() }
  }

  /// No call waits, no connection is there.
  private var isEmpty: Bool { waiting.isEmpty && endpoints.allSatisfy { $0.connections.isEmpty } }

  /// The loop ends: nobody is left without an answer.
  func end() {
    retire()
    for call in Array(waiting) { abort(call, .cancelled) }
    for endpoint in endpoints {
      for connection in endpoint.connections { connection.close(because: .cancelled) }
    }
  }

  // MARK: Where calls go

  /// Gives the call to a connection; false when all are busy and no more may be opened.
  private func place(_ call: Call) -> Bool {
    if let only { return only._withUnsafeGuaranteedRef { $0.take(call) } }
    return (call.pinned ?? choose(for: call))?.take(call) ?? false
  }

  /// The endpoint with the fewest calls of those that may be used and have room; if none may be used, of all.
  private func choose(for call: Call) -> UpstreamEndpoint? {
    let now = loop.now
    var best: UpstreamEndpoint?
    var isBestFit = false
    turn = (turn + 1) % endpoints.count
    for index in 0..<endpoints.count {
      let endpoint = endpoints[(index + turn) % endpoints.count]
      guard endpoint.hasRoom else { continue }
      let isFit = !endpoint.isResting(at: now) && endpoint !== call.avoided
      guard let known = best, isFit == isBestFit ? endpoint.underWay >= known.underWay : isBestFit else {
        best = endpoint
        isBestFit = isFit
        continue
      }
    }
    return best
  }

  /// Calls wait for a connection.
  var hasWaiting: Bool { !waiting.isEmpty }

  /// A connection has room: those that wait go on.
  func pump() {
    // Placing may end a connection and come here again: the call is off the list by then.
    while let call = waiting.popFirst() {
      tally.waiting.bump(by: -1)
      guard place(call) else { return putBack(call) }
    }
  }

  /// The calls of a connection that turned out to take fewer.
  func placeAnew(_ calls: [Call]) {
    for call in calls where !place(call) { putBack(call) }
  }

  private func putBack(_ call: Call) {
    call.stage = .waiting
    tally.waiting.bump()
    waiting.prepend(call)
  }

  // MARK: How calls end

  /// The answer is whole.
  func answered(_ call: Call) {
    guard call.stage == .placed else { return }
    call.endpoint?._withUnsafeGuaranteedRef { $0.succeeded() }
    finish(call)
    tally.answered.bump()
    let receiver = call.receiver.take()
    receiver?.answered(call, tag: call.tag)
    call.settle()
  }

  /// A piece of it has come.
  func arrived(_ call: Call) {
    guard call.stage == .placed else { return }
    call.receiver?.arrived(call, tag: call.tag)
  }

  /// The connection has failed the call, or the clock has; by then the connection has let go of it.
  func failed(_ call: Call, _ fault: UpstreamFault, isPolite: Bool = false) {
    guard call.stage == .placed || call.stage == .waiting || call.stage == .failing else { return }
    if fault.isSickness, !isPolite { call.endpoint?._withUnsafeGuaranteedRef { $0.failed(at: loop.now) } }
    if call.stage == .placed, mayTryAgain(call, fault) { return tryAgain(call) }
    finish(call)
    tally.count(fault.kind)
    let receiver = call.receiver.take()
    receiver?.failed(call, fault, tag: call.tag)
    call.settle()
  }

  private func mayTryAgain(_ call: Call, _ fault: UpstreamFault) -> Bool {
    guard fault.sent == .no || (call.isSafe && !call.hasBegun) else { return false }
    guard !call.hasRetried, call.pinned == nil, loop.now - call.since < totalTime(of: call) else { return false }
    switch fault.kind {
    case .refused, .unreachable, .tls, .timeout(.connect): return endpoints.count > 1
    case .reset: return true
    case .timeout, .nonsense, .tooLarge, .overloaded, .cancelled: return false
    }
  }

  private func tryAgain(_ call: Call) {
    tally.retries.bump()
    call.endpoint?._withUnsafeGuaranteedRef { $0.underWay -= 1 }
    call.avoided = call.endpoint?.takeUnretainedValue()
    call.hasRetried = true
    call.rewind()
    call.stage = .waiting
    placeAnew([call])
  }

  /// Ends a call from our side.
  func abort(_ call: Call, _ kind: UpstreamFault.Kind) {
    let fault = UpstreamFault(kind, sent: call.isSent ? .maybe : .no)
    if call.stage == .waiting, let index = waiting.firstIndex(where: { $0 === call }) {
      waiting.remove(at: index)
      tally.waiting.bump(by: -1)
    }
    call.connection.lent.use { $0.drop(call) }
    failed(call, fault)
  }

  private func finish(_ call: Call) {
    if call.stage == .placed { call.endpoint?._withUnsafeGuaranteedRef { $0.underWay -= 1 } }
    call.stage = .told
    buffered -= call.heldBytes
    call.heldBytes = 0
    tally.underWay.bump(by: -1)
  }

  /// Nobody is told from inside `send`.
  private func failLater(_ call: Call, _ kind: UpstreamFault.Kind) {
    call.stage = .failing
    loop.eventLoop.assumeIsolated().execute { self.failed(call, UpstreamFault(kind, sent: .no)) }
  }

  // MARK: Time

  private func totalTime(of call: Call) -> TimeAmount {
    guard let limit = call.limit else { return times.total }
    return min(TimeAmount(limit), times.total)
  }

  private func scheduleSweep() {
    guard !isSweeping else { return }
    isSweeping = true
    loop.eventLoop.assumeIsolated().scheduleTask(in: times.sweep) { self.sweep() }
  }

  private func sweep() {
    isSweeping = false
    let now = loop.now
    for checker in checkers { checker.turn(at: now) }
    for call in Array(waiting) where call.stage == .waiting {
      if now - call.since >= totalTime(of: call) {
        abort(call, .timeout(.total))
      } else if now - call.since >= times.connect {
        abort(call, .overloaded)
      }
    }
    for endpoint in endpoints { endpoint.check(at: now) }
    countResting(at: now)
    if isRetired, isEmpty { return loop.forget(self) }
    if !isEmpty || !checkers.isEmpty || endpoints.contains(where: \.isSick) { scheduleSweep() }
  }

  /// Brings the counter up to date.
  func countResting(at now: NIODeadline) {
    tally.resting.store(endpoints.count { $0.isResting(at: now) }, ordering: .relaxed)
  }

  /// The limit of time that has passed for a call which a connection has.
  func clock(_ call: Call, at now: NIODeadline) -> UpstreamFault.Clock? {
    if now - call.since >= totalTime(of: call) { return .total }
    guard call.isSent else { return nil }
    // The receiver has not taken what is there: it is not the server that is slow.
    if call.streams, !call.stream.incoming.isEmpty { call.watch.restart(at: now, count: call.moved) }
    let limit = call.hasBegun ? times.progress : times.firstByte
    guard call.watch.hasStalled(at: now, count: call.moved, least: 1, limit: limit) else { return nil }
    return call.hasBegun ? .progress : .firstByte
  }
}
