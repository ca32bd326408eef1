import NIOCore
import NIOPosix
import Synchronization

/// Listens, and hands what is asked to responders: HTTP/1.1 and HTTP/2 on the same port, with TLS or without.
///
/// `apply` says what is to be served and may be called again at any time; `drain` ends it all.
package final class Server: Sendable {
  private enum State {
    case fresh
    case running(Running)
    case ended(Counters)
  }

  private struct Running {
    var group: MultiThreadedEventLoopGroup
    var loops: [Loop]
    var ports: [Port] = []
    /// Given up, with connections that have not ended yet.
    var leaving: [Port] = []
    /// What was counted at ports that are gone.
    var past = Counters()

    var counters: Counters {
      var sum = past
      for port in ports + leaving { port.add(to: &sum) }
      return sum
    }

    /// Forgets ports that nobody uses any more.
    mutating func settle() {
      for port in leaving where port.isEmpty { port.add(to: &past) }
      leaving.removeAll { $0.isEmpty }
    }
  }

  /// One listener's counters.
  package struct Report: Sendable {
    /// Where it is.
    package var place: Listener.Place
    /// Its address, with the port that the system chose.
    package var address: Address
    /// What has been done there since it was opened.
    package var counters: Counters
  }

  private let loopCount: Int
  private let state = Mutex(State.fresh)
  private let gate = Gate()

  /// A server that does nothing yet. `loops` is the number of threads.
  package init(loops: Int) { loopCount = max(1, loops) }

  /// Serves by these listeners and limits from now on: all of it, or nothing is changed.
  ///
  /// A listener whose place is listened on already keeps its socket and its connections: they take the new responder
  /// with their next request and the new limits, while requests under way are finished by the old responder; new terms
  /// of TLS hold for new connections. Other places are bound first; when one cannot be had, those bound before are given
  /// up again. Listeners that are no longer named stop accepting, and their connections end gently in their own time.
  /// Answers the addresses in the order of the listeners, with the ports that the system chose.
  @discardableResult
  package func apply(_ listeners: [Listener], limits: Limits = Limits()) async throws(ListenError) -> [Address] {
    await gate.enter()
    defer { gate.leave() }
    var running = try await current(limits)
    var old = running.ports
    var ports: [Port] = []
    var kept: [(port: Port, listener: Listener)] = []
    var added: [Port] = []
    for listener in listeners {
      if let index = old.firstIndex(where: { $0.place == listener.place }) {
        kept.append((old.remove(at: index), listener))
        ports.append(kept[kept.count - 1].port)
        continue
      }
      do throws(ListenError) {
        added.append(try await Listening.open(listener, on: running.loops, by: running.group))
        ports.append(added[added.count - 1])
      } catch {
        for port in added { await port.shut() }
        await abandon(running)
        throw error
      }
    }
    await Server.commit(kept, limits, on: running.loops)
    for port in added { await port.open() }
    for port in old {
      await port.shut()
      port.dismiss()
    }
    running.ports = ports
    running.leaving += old
    running.settle()
    let result = running
    state.withLock { $0 = .running(result) }
    return ports.map(\.bound)
  }

  /// What runs, or a beginning.
  private func current(_ limits: Limits) async throws(ListenError) -> Running {
    let known: Running? = try state.withLock { state throws(ListenError) in
      switch state {
      case .fresh: nil
      case .running(let running): running
      case .ended: throw .ended
      }
    }
    if let known { return known }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
    var loops: [Loop] = []
    for eventLoop in group.makeIterator() {
      guard let loop = try? await eventLoop.submit({ Loop(on: eventLoop, limits: limits) }).get() else {
        try? await group.shutdownGracefully()
        throw .noMemory
      }
      loops.append(loop)
    }
    return Running(group: group, loops: loops)
  }

  /// Ends the threads of a beginning that failed.
  private func abandon(_ running: Running) async {
    guard running.ports.isEmpty else { return }
    let hasBegun = state.withLock { if case .running = $0 { true } else { false } }
    if !hasBegun { try? await running.group.shutdownGracefully() }
  }

  private static func commit(_ kept: [(port: Port, listener: Listener)], _ limits: Limits, on loops: [Loop]) async {
    for (index, loop) in loops.enumerated() {
      let changes = kept.map { (entrance: $0.port.entrances[index], listener: $0.listener) }
      try? await loop.eventLoop.submit {
        loop.adopt(limits)
        for change in changes { change.entrance.adopt(change.listener) }
      }.get()
    }
  }

  /// Stops accepting, lets what is in flight finish — HTTP/2 clients hear GOAWAY, HTTP/1.1 clients `connection: close` —
  /// and closes what is left after `deadline`. Returns when all is closed and the threads have ended.
  package func drain(deadline: Duration) async {
    await gate.enter()
    defer { gate.leave() }
    guard case .running(let running) = state.withLock({ $0 }) else { return }
    for port in running.ports { await port.shut() }
    await withTaskGroup(of: Void.self) { tasks in
      for loop in running.loops { tasks.addTask { await Server.drain(loop, within: deadline) } }
    }
    state.withLock { $0 = .ended(running.counters) }
    for loop in running.loops { try? await loop.eventLoop.submit { loop.end() }.get() }
    try? await running.group.shutdownGracefully()
  }

  private static func drain(_ loop: Loop, within deadline: Duration) async {
    let drained = loop.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
      loop.eventLoop.scheduleTask(in: TimeAmount(deadline)) { loop.closeAll() }
      return loop.drain()
    }
    try? await drained.get()
  }

  /// What has been done so far, at listeners that are gone as well.
  package var counters: Counters {
    state.withLock { state in
      switch state {
      case .fresh: Counters()
      case .running(let running): running.counters
      case .ended(let counters): counters
      }
    }
  }

  /// The event loops; none before the first `apply`, which may name no listener, and after `drain`.
  package var loops: [LoopHandle] {
    guard case .running(let running) = state.withLock({ $0 }) else { return [] }
    return running.loops.map { LoopHandle(loop: $0) }
  }

  /// How long each event loop takes to come to something new, in nanoseconds.
  package func lags() async -> [Int64] {
    guard case .running(let running) = state.withLock({ $0 }) else { return [] }
    var found: [Int64] = []
    for loop in running.loops {
      let asked = NIODeadline.now()
      guard let came = try? await loop.eventLoop.submit({ NIODeadline.now() }).get() else { continue }
      found.append((came - asked).nanoseconds)
    }
    return found
  }

  /// The listeners that are open, each with its counters.
  package var reports: [Report] {
    state.withLock { state in
      guard case .running(let running) = state else { return [] }
      return running.ports.map { port in
        var counters = Counters()
        port.add(to: &counters)
        return Report(place: port.place, address: port.bound, counters: counters)
      }
    }
  }
}
