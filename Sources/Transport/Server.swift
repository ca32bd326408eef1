import NIOCore
import NIOPosix
import Synchronization

/// Listens, and hands what is asked to a responder: HTTP/1.1 and HTTP/2 without TLS on the same port.
///
/// Lives once: `start`, then `drain`.
package final class Server: Sendable {
  private enum State {
    case fresh
    case running(Running)
    case ended
  }

  private struct Running {
    var group: MultiThreadedEventLoopGroup
    var loops: [Loop]
    var listeners: [any Channel]
  }

  private let addresses: [Address]
  private let limits: Limits
  private let responder: any Responder
  private let loopCount: Int
  private let state = Mutex(State.fresh)
  private let ended = Mutex(Counters())

  /// A server that does nothing yet. `loops` is the number of threads.
  package init(listen: [Address], limits: Limits = Limits(), responder: any Responder, loops: Int) {
    addresses = listen
    self.limits = limits
    self.responder = responder
    loopCount = max(1, loops)
  }

  /// Starts to listen; answers the addresses with the ports that the system chose. When one of them cannot be had, the
  /// others are given up, too.
  package func start() async throws(ListenError) -> [Address] {
    let isFresh = state.withLock { state in
      guard case .fresh = state else { return false }
      state = .ended
      return true
    }
    guard isFresh else { throw .alreadyStarted }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
    var running = Running(group: group, loops: [], listeners: [])
    var bound: [Address] = []
    do throws(ListenError) {
      running.loops = try await makeLoops(on: group)
      for address in addresses {
        let channel = try await listen(on: address, running)
        running.listeners.append(channel)
        bound.append(Address(host: address.host, port: channel.localAddress?.port ?? address.port))
      }
    } catch {
      for listener in running.listeners { try? await listener.close() }
      try? await group.shutdownGracefully()
      throw error
    }
    let result = running
    state.withLock { $0 = .running(result) }
    return bound
  }

  /// Stops accepting, lets what is in flight finish — HTTP/2 clients hear GOAWAY, HTTP/1.1 clients `connection: close` —
  /// and closes what is left after `deadline`. Returns when all is closed and the threads have ended.
  package func drain(deadline: Duration) async {
    let running: Running? = state.withLock { state in
      guard case .running(let running) = state else { return nil }
      state = .ended
      return running
    }
    guard let running else { return }
    for listener in running.listeners { try? await listener.close() }
    await withTaskGroup(of: Void.self) { tasks in
      for loop in running.loops { tasks.addTask { await Server.drain(loop, within: deadline) } }
    }
    ended.withLock { $0 = Server.sum(running.loops) }
    try? await running.group.shutdownGracefully()
  }

  private static func drain(_ loop: Loop, within deadline: Duration) async {
    let drained = loop.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
      loop.eventLoop.scheduleTask(in: TimeAmount(deadline)) { loop.closeAll() }
      return loop.drain()
    }
    try? await drained.get()
  }

  /// What has been done so far.
  package var counters: Counters {
    state.withLock { state in
      guard case .running(let running) = state else { return ended.withLock { $0 } }
      return Server.sum(running.loops)
    }
  }

  private static func sum(_ loops: [Loop]) -> Counters {
    var sum = Counters()
    for loop in loops { loop.counters.add(to: &sum) }
    return sum
  }

  // MARK: Starting

  private func makeLoops(on group: MultiThreadedEventLoopGroup) async throws(ListenError) -> [Loop] {
    var loops: [Loop] = []
    for eventLoop in group.makeIterator() {
      let made = eventLoop.submit { [responder, limits] in
        Loop(on: eventLoop, responder: responder, limits: limits)
      }
      guard let loop = try? await made.get() else { throw .noMemory }
      loops.append(loop)
    }
    return loops
  }

  private func listen(on address: Address, _ running: Running) async throws(ListenError) -> any Channel {
    let doorkeeper = Doorkeeper(loops: running.loops, limits: limits)
    let bootstrap = ServerBootstrap(group: running.group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(doorkeeper.unsentLowWater.option, value: doorkeeper.unsentLowWater.bytes)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.writeBufferWaterMark, value: doorkeeper.waterMark)
      .childChannelInitializer(doorkeeper.admit)
    do {
      return try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError where error.errnoCode == Server.addressInUse {
      throw .addressInUse(address)
    } catch {
      throw .refused(address, reason: "\(error)")
    }
  }
}
