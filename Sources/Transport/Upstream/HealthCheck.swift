import NIOCore

/// Asks one endpoint now and then how it is.
final class HealthCheck: Receiver {
  private let check: UpstreamSettings.Check
  private let endpoint: UpstreamEndpoint
  private unowned let upstream: Upstream
  private let every: TimeAmount
  private var next: NIODeadline
  private var isAsking = false

  init(_ check: UpstreamSettings.Check, of endpoint: UpstreamEndpoint, by upstream: Upstream) {
    self.check = check
    self.endpoint = endpoint
    self.upstream = upstream
    every = TimeAmount(check.every)
    next = upstream.loop.now
  }

  /// Asks, if it is time to.
  func turn(at now: NIODeadline) {
    guard now >= next, !isAsking else { return }
    next = now + every
    isAsking = true
    let call = upstream.take()
    call.begin("GET", check.path)
    call.pinned = endpoint
    call.limit = check.every
    upstream.send(call, to: self, tag: 0)
  }

  func answered(_ call: Call, tag: Int) { found((200...399).contains(call.status)) }

  /// That all connections are busy, or that the loop ends, says nothing about the endpoint.
  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    guard fault.kind == .overloaded || fault.kind == .cancelled else { return found(false) }
    isAsking = false
  }

  private func found(_ isWell: Bool) {
    isAsking = false
    endpoint.checked(isWell, check)
  }
}
