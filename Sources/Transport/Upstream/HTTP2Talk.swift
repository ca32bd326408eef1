import HTTP2
import NIOCore

/// A conversation in HTTP/2 with a backend (RFC 9113): many calls at a time.
final class HTTP2Talk: UpstreamTalk {
  private let session: Session
  private let scheme: StaticString

  /// The session is over for a reason that the server should hear.
  private var failure: ErrorCode?

  /// What came was no HTTP/2.
  private var isBroken = false
  private var heard: NIODeadline

  /// A call got no answer while nothing else came either: nobody may be there any more.
  private var isDoubtful = false

  init(on connection: UpstreamConnection, session: Session) {
    self.session = session
    scheme = connection.upstream.settings.tls == nil ? "http" : "https"
    heard = connection.loop.now
    super.init(on: connection)
  }

  override var room: Int {
    guard !isBroken, !isDoubtful, session.mayRequest else { return 0 }
    return min(upstream.settings.bounds.streams, session.peerStreams) - session.streams.count
  }

  override var isIdle: Bool { session.streams.isEmpty }

  override var isOver: Bool {
    guard !isBroken else { return failure == nil }
    return session.isOver || (isIdle && (isDoubtful || !session.mayRequest))
  }

  override func begin(_ call: Call) {
    call.stream.isStreamed = call.streams
    call.watch.restart(at: upstream.loop.now, count: call.moved)
    let isUnderWay = connection.endpoint.authority.withUnsafeBytes { authority in
      let length = call.statesLength ? call.stream.outgoing.count : nil
      return session.request(on: call.stream, scheme: scheme, authority: authority, length: length)
    }
    if !isUnderWay { upstream.failed(call, UpstreamFault(.reset, sent: .no), isPolite: true) }
  }

  override func forEachCall(_ act: (Call) -> Void) {
    for stream in session.streams { if let call = stream.takeUnretainedValue().call { act(call) } }
  }

  // MARK: Input

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !isBroken else { return }
    heard = upstream.loop.now
    isDoubtful = false
    let before = room
    if let code = session.receive(bytes) {
      isBroken = true
      failure = code
    }
    settle()
    if isBroken || session.wantsToSend || isOver { connection.loop.markDirty(connection) }
    if before <= 0, room > 0 { connection.refresh() }
  }

  /// Acts on what the session wrote down.
  private func settle() {
    upstream.loop.calls.takeEvents(act)
    session.takeNews { if let call = $0.call { upstream.arrived(call) } }
    session.tally = Tally()
  }

  private func act(_ event: Event) {
    switch event {
    case .headed(let stream): stream._withUnsafeGuaranteedRef { if $0.isStreamed { session.note($0) } }
    case .ended(let stream): stream._withUnsafeGuaranteedRef(ended)
    case .bodyOverflowed(let stream), .fieldsOverflowed(let stream):
      stream._withUnsafeGuaranteedRef { fail($0, .tooLarge) }
    case .bufferOverflowed(let stream): stream._withUnsafeGuaranteedRef { fail($0, .overloaded) }
    case .closed(let stream, let code): stream._withUnsafeGuaranteedRef { closed($0, code) }
    case .discardOverflowed, .unsendable, .repliedEarly: break
    }
  }

  private func ended(_ stream: HTTP2.Stream) {
    guard let call = stream.call else { return }
    // An answer before the call was whole: nobody wants the rest.
    if stream.replySent < stream.outgoing.count { session.reset(stream, .noError) }
    upstream.answered(call)
  }

  private func fail(_ stream: HTTP2.Stream, _ kind: UpstreamFault.Kind) {
    guard let call = stream.call else { return }
    stream.isRefused = true
    session.reset(stream, .cancel)
    upstream.failed(call, UpstreamFault(kind, sent: call.isSent ? .maybe : .no))
  }

  private func closed(_ stream: HTTP2.Stream, _ code: ErrorCode) {
    guard let call = stream.call else { return }
    // The library resets by these codes what breaks the rules; our own resets have others.
    let isOurs = !stream.wasReset && (code == .protocolError || code == .flowControl)
    if stream.isBroken || isOurs {
      upstream.failed(call, UpstreamFault(.nonsense("an answer that breaks HTTP/2's rules"), sent: .maybe))
    } else {
      let isUntouched = code == .refusedStream || !call.isSent
      upstream.failed(call, UpstreamFault(.reset, sent: isUntouched ? .no : .maybe), isPolite: isUntouched)
    }
    call.settle()
    connection.refresh()
    if isOver { connection.loop.markDirty(connection) }
  }

  override func drop(_ call: Call) {
    guard call.stream.id > 0, !call.stream.closed else { return }
    if heard < call.watch.since { isDoubtful = true }
    call.stream.isRefused = true
    session.reset(call.stream, .cancel)
  }

  override func consumed(_ call: Call, _ count: Int) {
    session.consumed(call.stream, count)
    if session.wantsToSend { connection.loop.markDirty(connection) }
  }

  override func ended(_ kind: UpstreamFault.Kind, isClean: Bool) {
    let kind = isBroken ? UpstreamFault.Kind.nonsense("no HTTP/2") : kind
    var calls: [Call] = []
    session.abandon { if let call = $0.call { calls.append(call) } }
    isBroken = true
    failure = nil
    for call in calls {
      upstream.failed(call, UpstreamFault(kind, sent: call.isSent ? .maybe : .no))
      call.settle()
    }
  }

  // MARK: Output

  override func produce(into out: inout ByteBuffer) -> Bool {
    guard !isBroken else {
      if let code = failure {
        failure = nil
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: 64) { session.lastWord(code, into: $0) }
      }
      return false
    }
    var more = false
    out.writeWithUnsafeMutableBytes(minimumWritableBytes: Loop.outputBytes) { room in
      let filled = session.fill(room)
      more = filled.more
      return filled.count
    }
    settle()
    // The library has ended the session by itself: what came was no HTTP/2, and it has said so.
    if session.isOver, !session.streams.isEmpty { isBroken = true }
    return !isBroken && (more || session.wantsToSend)
  }
}

extension Session.Bounds {
  init(_ bounds: UpstreamSettings.Bounds) {
    self.init()
    fieldCount = bounds.headerCount
    fieldBytes = bounds.headerBytes
    bodyBytes = bounds.bodyBytes
    bufferedBytes = bounds.bufferedBytes
    streamWindow = bounds.pieceBytes
  }
}
