import HTTP2
import NIOCore

/// One place where a backend listens, as one event loop sees it: its connections and its health.
final class UpstreamEndpoint {
  let place: UpstreamSettings.Endpoint

  /// What it is called by: `Host`, `:authority`.
  var authority: UnsafeRawBufferPointer { name.bytes }
  private let name: ByteStore

  /// Not kept alive by its endpoints, but by its connections, its calls and, until it is retired, its loop: whoever comes
  /// by here has one of them. Unsafe, because each safe look at it would count twice.
  unowned(unsafe) let upstream: Upstream

  private(set) var connections: [UpstreamConnection] = []

  /// Connections that stand and may have room, the latest used last; those that have none any more are thrown out when
  /// they are come upon.
  private var ready: [UpstreamConnection] = []

  /// What it speaks takes one call at a time on a connection, as far as is known.
  var isSequential: Bool

  /// Calls given to it and not ended yet.
  var underWay = 0

  private var health = EndpointHealth()

  init(_ place: UpstreamSettings.Endpoint, of upstream: Upstream) {
    self.place = place
    self.upstream = upstream
    isSequential = upstream.settings.spoken == .http1
    let isUsual = place.port == (upstream.settings.tls == nil ? 80 : 443)
    let host = place.serverName ?? place.host
    let shown = Address(host: host, port: place.port).description
    var name = ByteStore()
    Array((isUsual ? String(shown.dropLast("\(place.port)".utf8.count + 1)) : shown).utf8)
      .withUnsafeBytes { name.append($0) }
    self.name = name
  }

  // MARK: Connections

  /// A call can be taken at once, or by a connection that is about to stand.
  var hasRoom: Bool {
    connections.count < upstream.settings.bounds.connections || connections.contains { $0.room > 0 }
  }

  /// Takes the call; false when there is no room.
  func take(_ call: Call) -> Bool {
    guard let connection = connection(for: call) else { return false }
    call.stage = .placed
    call.endpoint = .passUnretained(self)
    underWay += 1
    call.connection.put(connection)
    call.connection.lent.use { $0.take(call) }
    return true
  }

  /// In HTTP/1 a server may end a connection in the very moment in which the next call is written. What may be done only
  /// once therefore gets a new one or one that has rested, and a second try never one that has answered before.
  private func connection(for call: Call) -> UpstreamConnection? {
    guard isSequential, call.hasRetried || !call.isSafe else { return usable() ?? opening() ?? open() }
    if !call.hasRetried, let last = usable(), last.hasRested { return last }
    if let new = opening() ?? open() { return new }
    guard call.hasRetried else { return usable() }
    usable()?.close()
    return nil
  }

  /// The connection used last is the one least likely to have been given up by the server.
  private func usable() -> UpstreamConnection? {
    while let last = ready.last {
      if last.room > 0 {
        guard last.isStale else { return last }
        last.close()
      }
      if ready.last === last { ready.removeLast() }
      last.isListed = false
    }
    return nil
  }

  private func opening() -> UpstreamConnection? { connections.first { !$0.stands && $0.room > 0 } }

  private func open() -> UpstreamConnection? {
    guard connections.count < upstream.settings.bounds.connections else { return nil }
    let connection = UpstreamConnection(to: self, of: upstream)
    connections.append(connection)
    upstream.tally.connections.bump()
    upstream.tally.opened.bump()
    connection.open()
    return connection
  }

  /// The connection has room for a call.
  func hasRoom(_ connection: UpstreamConnection) {
    guard !connection.isListed, connection.room > 0 else { return }
    connection.isListed = true
    ready.append(connection)
  }

  func remove(_ connection: UpstreamConnection) {
    guard let index = connections.firstIndex(where: { $0 === connection }) else { return }
    connections.remove(at: index)
    upstream.tally.connections.bump(by: -1)
    if connection.isListed { ready.removeAll { $0 === connection } }
  }

  /// Closes what nobody uses, the rest when nobody does any more.
  func retire() { for connection in connections { connection.retire() } }

  func check(at now: NIODeadline) { for connection in connections { connection.check(at: now) } }

  // MARK: Health

  /// It is better left alone.
  func isResting(at now: NIODeadline) -> Bool { health.isResting(at: now) }

  /// There is something to be remembered of it.
  var isSick: Bool { health.isSick }

  func succeeded() { health.succeeded() }

  func failed(at now: NIODeadline) {
    let others = upstream.endpoints.count { $0 !== self && $0.health.isEjected(at: now) }
    let share = Double(others + 1) / Double(max(upstream.endpoints.count, 1))
    let mayRest = share <= upstream.settings.ejection.share
    if health.failed(at: now, upstream.settings.ejection, upstream.times.rest, mayRest: mayRest) {
      upstream.tally.ejections.bump()
      upstream.countResting(at: now)
    }
  }

  func checked(_ isWell: Bool, _ check: UpstreamSettings.Check) {
    if !isWell { upstream.tally.checksFailed.bump() }
    health.checked(isWell, check)
  }
}

/// What is known of an endpoint's health: a value, and time is handed in.
struct EndpointHealth {
  private var failures = 0
  private var ejections = 0
  private var restsUntil = NIODeadline.uptimeNanoseconds(0)
  private var isFailingChecks = false
  private var checksInARow = 0

  /// There is something to be remembered.
  var isSick: Bool { failures > 0 || ejections > 0 || isFailingChecks }

  /// Failing calls have sent it to rest.
  func isEjected(at now: NIODeadline) -> Bool { now < restsUntil }

  /// Failing calls or checks have.
  func isResting(at now: NIODeadline) -> Bool { isFailingChecks || isEjected(at: now) }

  /// A call was answered.
  mutating func succeeded() {
    failures = 0
    ejections = 0
    restsUntil = .uptimeNanoseconds(0)
  }

  /// A call failed; true when that sent it to rest. After its rest one more failure is enough.
  mutating func failed(
    at now: NIODeadline, _ ejection: UpstreamSettings.Ejection, _ rest: TimeAmount, mayRest: Bool
  ) -> Bool {
    failures += 1
    guard failures >= ejection.failures || ejections > 0, !isEjected(at: now), mayRest else { return false }
    restsUntil = now + .nanoseconds(rest.nanoseconds << Int64(min(ejections, 5)))
    ejections += 1
    failures = 0
    return true
  }

  /// A check came out.
  mutating func checked(_ isWell: Bool, _ check: UpstreamSettings.Check) {
    guard isWell == isFailingChecks else {
      checksInARow = 0
      return
    }
    checksInARow += 1
    guard checksInARow >= (isWell ? check.healthy : check.unhealthy) else { return }
    isFailingChecks = !isWell
    checksInARow = 0
    if isWell { succeeded() }
  }
}
