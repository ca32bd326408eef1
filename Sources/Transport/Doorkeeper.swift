import Glibc
import NIOCore

/// Lets connections in, as many as there may be, and gives each its handler.
struct Doorkeeper: Sendable {
  private let loops: [ObjectIdentifier: Loop]
  private let limits: Limits

  init(loops: [Loop], limits: Limits) {
    self.loops = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
    self.limits = limits
  }

  /// Where NIO's own queue for a connection counts as full, and where as free again.
  var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
    ChannelOptions.Types.WriteBufferWaterMark(low: limits.queuedBytes / 2, high: limits.queuedBytes)
  }

  /// What the kernel takes ahead of what it can send. Without this bound it takes megabytes for a slow reader, whose
  /// progress then shows only in great leaps.
  var unsentLowWater: (option: ChannelOptions.Types.SocketOption, bytes: Int) {
    // TCP_NOTSENT_LOWAT, see tcp(7).
    (ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25)), limits.queuedBytes)
  }

  /// Runs on the connection's loop.
  @Sendable
  func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
      return channel.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
    }
    let open = loops.values.reduce(0) { $0 + $1.counters.connections.load(ordering: .relaxed) }
    guard open < limits.connections else {
      loop.counters.turnedAway.bump()
      return channel.close()
    }
    return channel.eventLoop.makeCompletedFuture {
      try channel.syncOptions?.setOption(.recvAllocator, value: ReadBuffers(of: loop))
      try channel.pipeline.syncOperations.addHandler(Connection(on: loop))
    }
  }
}

extension Server {
  /// `EADDRINUSE`, which NIO hands on as a number.
  static var addressInUse: CInt { EADDRINUSE }
}
