import HTTP2
import NIOCore
import Synchronization

/// Everything that one event loop owns: nothing in here is shared with another loop, and nothing is locked.
///
/// `@unchecked`: reached from other threads only to hop onto the loop.
final class Loop: @unchecked Sendable {
  let eventLoop: any EventLoop
  let engine: Engine

  /// The pool of calls to backends, and what their sessions share.
  let calls: Engine

  /// Connections open on this loop; read by the others when there may be too many.
  let openConnections = Atomic<Int>(0)

  private(set) var limits: Limits
  private(set) var times: Times
  private(set) var bounds: Session.Bounds

  private(set) var connections: [Connection] = []
  private(set) var isDraining = false
  private var emptied: EventLoopPromise<Void>?

  private var dirty: [Connection] = []
  private var dirtyUpstream: [UpstreamConnection] = []
  /// Those that are not retired yet, or have something under way: kept here, so that nobody needs a weak reference to
  /// them, which makes every strong one slow.
  private var upstreams: [Upstream] = []
  /// Where its connections come in.
  private var entrances: [Entrance] = []

  /// Nothing that is handed to the loop from now on is done.
  let hasEnded = Atomic<Bool>(false)

  private var isTicking = false
  private var tick: (@Sendable () -> Void) = {}
  private var instant: NIODeadline?
  private var sweeping = false
  private var sweeps = 0
  /// Of those, how many in a row have found no connection: all may go at once, and come again.
  private var sweepsAlone = 0
  private var date = DateText()

  /// Scratch for heads of HTTP/1.1.
  private var head = ByteStore()

  private var output: ByteBuffer?
  private var input: ByteBuffer?

  /// Room made for output in one go; a connection sends at most this much per tick.
  static let outputBytes = 64 * 1024

  /// Size of the buffer that all connections of the loop are read into, one after the other.
  static let inputBytes = 64 * 1024

  /// How long clients have to hear that the connection is going to end before it takes nothing new.
  static let noticeTime = TimeAmount.milliseconds(100)

  /// Nil when there is no memory.
  init?(on eventLoop: any EventLoop, limits: Limits) {
    guard let engine = Engine(makeStream: { Exchange.makeStream(eventLoop: eventLoop) }),
      let calls = Engine(makeStream: { Call.makeStream() })
    else { return nil }
    self.eventLoop = eventLoop
    self.limits = limits
    self.engine = engine
    self.calls = calls
    times = Times(limits)
    bounds = Session.Bounds(limits)
    tick = { [unowned self] in self.endTick() }
  }

  // MARK: One turn of the loop

  /// The time, read once per turn.
  var now: NIODeadline {
    if let instant { return instant }
    let now = NIODeadline.now()
    instant = now
    scheduleTick()
    return now
  }

  /// Puts a connection on the list of those that have something to send.
  func markDirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
    scheduleTick()
  }

  /// The same for a connection to a backend.
  func markDirty(_ connection: UpstreamConnection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirtyUpstream.append(connection)
    scheduleTick()
  }

  /// What is executed runs after all sockets that were ready have been read: one write for each connection then.
  private func scheduleTick() {
    guard !isTicking else { return }
    isTicking = true
    eventLoop.execute(tick)
  }

  private func endTick() {
    isTicking = false
    let upstreams = dirtyUpstream.count
    var index = 0
    while index < upstreams {
      dirtyUpstream[index].flush()
      index += 1
    }
    if upstreams > 0 { dirtyUpstream.removeFirst(upstreams) }
    let count = dirty.count
    index = 0
    while index < count {
      dirty[index].flush()
      index += 1
    }
    if count > 0 { dirty.removeFirst(count) }
    instant = nil
    if !dirty.isEmpty || !dirtyUpstream.isEmpty { scheduleTick() }
  }

  /// Writes a head of HTTP/1.1: what `body` puts together, in one piece.
  func withHead(into out: inout ByteBuffer, _ body: (inout ByteStore) -> Void) {
    head.clear(keeping: Loop.inputBytes)
    body(&head)
    out.writeBytes(head.bytes)
  }

  /// Adds the `date` field's value.
  func withDate(_ body: (UnsafeRawBufferPointer) -> Void) { date.withText(at: now, body) }

  /// An exchange from the pool, which makes nothing else.
  func takeExchange() -> Exchange? {
    engine.takeStream()._withUnsafeGuaranteedRef { $0.withOwner(Exchange.self) { $0 } }
  }

  /// Takes an exchange's stream back, and the exchange with it.
  func giveBack(exchange stream: HTTP2.Stream) { engine.giveBack(stream) }

  /// The same of a call.
  func giveBack(call stream: HTTP2.Stream) { calls.giveBack(stream) }

  /// Remembers an upstream, to tell it when the loop ends.
  func know(_ upstream: Upstream) { if !upstreams.contains(where: { $0 === upstream }) { upstreams.append(upstream) } }

  /// An upstream is retired, and nothing is left to be done.
  func forget(_ upstream: Upstream) { upstreams.removeAll { $0 === upstream } }

  /// Remembers an entrance, to tell it when nobody is left.
  func know(_ entrance: Entrance) { if !entrances.contains(where: { $0 === entrance }) { entrances.append(entrance) } }

  /// An entrance is closed.
  func forget(_ entrance: Entrance) { entrances.removeAll { $0 === entrance } }

  /// The last thing before the thread ends: calls that are under way are given up.
  func end() {
    hasEnded.store(true, ordering: .relaxed)
    entrances = []
    for upstream in upstreams { upstream.end() }
  }

  /// A call from the pool, which makes nothing else.
  func takeCall() -> Call {
    scheduleSweep()
    let call = calls.takeStream()._withUnsafeGuaranteedRef { $0.withOwner(Call.self) { $0 } }
    guard let call else { fatalError("the pool makes calls") }
    return call
  }

  // MARK: Buffers that all connections take turns with

  /// The loop's output buffer, or a new one while a slow connection still holds that.
  func takeOutput() -> ByteBuffer {
    var buffer = output ?? ByteBufferAllocator().buffer(capacity: Loop.outputBytes)
    output = nil
    buffer.clear()
    return buffer
  }

  func giveBack(output buffer: ByteBuffer) { output = buffer.capacity > 4 * Loop.outputBytes ? nil : buffer }

  /// The loop's input buffer, or a new one.
  func takeInput() -> ByteBuffer {
    guard var buffer = input else { return ByteBufferAllocator().buffer(capacity: Loop.inputBytes) }
    input = nil
    buffer.clear()
    return buffer
  }

  func giveBack(input buffer: ByteBuffer) { if buffer.capacity >= Loop.inputBytes { input = buffer } }

  /// Takes over other limits. They hold for connections that come, and for requests that begin on those that are there;
  /// what an HTTP/2 client has been told about streams stays as it was told.
  func adopt(_ limits: Limits) {
    self.limits = limits
    times = Times(limits)
    bounds = Session.Bounds(limits)
    for connection in connections { connection.limitsChanged() }
  }

  // MARK: Connections

  func add(_ connection: Connection) {
    connection.slot = connections.count
    connections.append(connection)
    sweepsAlone = 0
    openConnections.bump()
    if isDraining { return connection.close() }
    if connection.entrance.isClosing { dismiss { $0 === connection } }
    scheduleSweep()
  }

  func remove(_ connection: Connection) {
    let slot = connection.slot
    guard slot >= 0, slot < connections.count else { return }
    connection.slot = -1
    let last = connections.removeLast()
    if slot < connections.count {
      connections[slot] = last
      last.slot = slot
    }
    openConnections.bump(by: -1)
    if connections.isEmpty { emptied?.succeed(()) }
  }

  /// Ends all connections gently; the future is fulfilled when the last one is closed.
  func drain() -> EventLoopFuture<Void> {
    isDraining = true
    let promise = eventLoop.makePromise(of: Void.self)
    if connections.isEmpty { promise.succeed(()) } else { emptied = promise }
    dismiss { _ in true }
    return promise.futureResult
  }

  /// Ends some connections gently, in two steps some time apart.
  func dismiss(_ isMeant: @escaping (Connection) -> Bool) {
    for connection in connections where isMeant(connection) { connection.drain() }
    eventLoop.assumeIsolated().scheduleTask(in: Loop.noticeTime) { [self] in
      for connection in self.connections where isMeant(connection) { connection.drain() }
    }
  }

  /// Closes what is still open.
  func closeAll() { for connection in connections { connection.close() } }

  // MARK: The sweep: time limits, and memory that nobody needs

  private func scheduleSweep() {
    guard !sweeping else { return }
    sweeping = true
    eventLoop.scheduleTask(in: times.sweep) { self.sweep() }
  }

  private func sweep() {
    sweeping = false
    let now = self.now
    var index = connections.count - 1
    while index >= 0 {
      if index < connections.count { connections[index].check(at: now) }
      index -= 1
    }
    sweeps += 1
    sweepsAlone = connections.isEmpty ? sweepsAlone + 1 : 0
    if sweepsAlone > 0, sweepsAlone.isMultiple(of: times.sweepsPerTrim) {
      letGo()
    } else if sweeps.isMultiple(of: times.sweepsPerTrim), engine.trim() + calls.trim() > 0 {
      Memory.giveBackFreed()
    }
    // Whoever was the last to go leaves memory behind: it is looked for once more.
    if sweepsAlone < times.sweepsPerTrim || engine.streamCount > 0 || calls.streamCount > 0 { scheduleSweep() }
  }

  /// Keeps nothing for the next client: there may be none for a long time.
  private func letGo() {
    engine.letGo()
    calls.letGo()
    for entrance in entrances { entrance.letGo() }
    (output, input) = (nil, nil)
    Memory.giveBack()
  }
}
