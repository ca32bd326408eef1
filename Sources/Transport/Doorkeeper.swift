import NIOCore

/// Lets a listener's connections in, as many as there may be, and gives each its handlers.
struct Doorkeeper: Sendable {
  private let entrances: [ObjectIdentifier: Entrance]

  init(_ entrances: [Entrance]) {
    self.entrances = Dictionary(uniqueKeysWithValues: entrances.map { (ObjectIdentifier($0.loop.eventLoop), $0) })
  }

  /// What the kernel takes ahead of what it can send, TCP_NOTSENT_LOWAT of tcp(7). Without this bound it takes megabytes
  /// for a slow reader, whose progress then shows only in great leaps.
  private static let unsentLowWater = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25))

  /// Runs on the connection's loop.
  @Sendable
  func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard let entrance = entrances[ObjectIdentifier(channel.eventLoop)] else {
      return channel.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
    }
    let limits = entrance.loop.limits
    let open = entrances.values.reduce(0) { $0 + $1.loop.openConnections.load(ordering: .relaxed) }
    guard open < limits.connections else {
      entrance.counters.turnedAway.bump()
      return channel.close()
    }
    return channel.eventLoop.makeCompletedFuture {
      try Descriptor.keepToOurselves(channel)
      let options = channel.syncOptions
      try options?.setOption(.recvAllocator, value: ReadBuffers(of: entrance.loop))
      try options?.setOption(Doorkeeper.unsentLowWater, value: limits.queuedBytes)
      // Where NIO's own queue counts as full, and where as free again.
      try options?.setOption(
        .writeBufferWaterMark, value: .init(low: limits.queuedBytes / 2, high: limits.queuedBytes))
      let door = entrance.tls.map { TLSDoor($0, of: entrance) }
      if let door { try channel.pipeline.syncOperations.addHandler(door) }
      try channel.pipeline.syncOperations.addHandler(Connection(by: entrance, door: door))
    }
  }
}
