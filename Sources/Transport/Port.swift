import NIOCore

/// A socket that is listened on, with its entrance on each loop.
final class Port: Sendable {
  let place: Listener.Place
  let bound: Address
  let channel: any Channel
  let entrances: [Entrance]

  init(_ place: Listener.Place, bound: Address, channel: any Channel, entrances: [Entrance]) {
    self.place = place
    self.bound = bound
    self.channel = channel
    self.entrances = entrances
  }

  /// Adds what has been done here so far.
  func add(to sum: inout Counters) { for entrance in entrances { entrance.counters.add(to: &sum) } }

  /// No connection is left that came in here.
  var isEmpty: Bool { entrances.allSatisfy { $0.counters.connections.load(ordering: .relaxed) == 0 } }

  /// Begins to accept: until then clients wait in the system's queue.
  func open() async {
    for entrance in entrances { entrance.loop.eventLoop.execute { entrance.loop.know(entrance) } }
    try? await channel.setOption(.autoRead, value: true).get()
  }

  /// Stops to accept.
  func shut() async { try? await channel.close() }

  /// Ends what has come in here gently, in its own time.
  func dismiss() {
    for entrance in entrances { entrance.loop.eventLoop.execute { entrance.close() } }
  }
}
