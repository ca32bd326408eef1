import Glibc
import NIOCore
import NIOPosix

/// Opens sockets.
enum Listening {
  /// Connections that the system keeps waiting for us.
  private static let backlog = 1024

  /// Binds the listener's place, or takes over what has been bound; nothing is accepted yet.
  static func open(
    _ listener: Listener, on loops: [Loop], by group: MultiThreadedEventLoopGroup
  ) async throws(ListenError) -> Port {
    var entrances: [Entrance] = []
    for loop in loops {
      guard let entrance = try? await loop.eventLoop.submit({ Entrance(on: loop, for: listener) }).get() else {
        throw .noMemory
      }
      entrances.append(entrance)
    }
    let bootstrap = bootstrap(Doorkeeper(entrances), group)
    switch listener.place {
    case .address(let address):
      let channel = try await bind(address, bootstrap)
      let bound = Address(host: address.host, port: channel.localAddress?.port ?? address.port)
      return Port(listener.place, bound: bound, channel: channel, entrances: entrances)
    case .inherited(let number):
      let channel = try await take(number, bootstrap)
      let bound = Address(host: channel.localAddress?.ipAddress ?? "", port: channel.localAddress?.port ?? 0)
      return Port(listener.place, bound: bound, channel: channel, entrances: entrances)
    }
  }

  private static func bootstrap(_ doorkeeper: Doorkeeper, _ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: CInt(backlog))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.autoRead, value: false)
      // When descriptors run out, accepting rests for a moment instead of going round in circles.
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try Descriptor.keepToOurselves(channel)
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer(doorkeeper.admit)
  }

  private static func bind(
    _ address: Address, _ bootstrap: ServerBootstrap
  ) async throws(ListenError) -> any Channel {
    do {
      return try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw .addressInUse(address)
    } catch {
      throw .refused(address, reason: "\(error)")
    }
  }

  private static func take(_ number: CInt, _ bootstrap: ServerBootstrap) async throws(ListenError) -> any Channel {
    let copy = try Descriptor.duplicate(number)
    do {
      let channel = try await bootstrap.withBoundSocket(copy).get()
      Descriptor.listen(number, backlog: backlog)
      return channel
    } catch {
      throw .noListeningSocket(number, reason: "\(error)")
    }
  }
}
