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
    return min(upstream.settings.bounds.streams, session.peerStreams) - session.openStreams
  }

  override var isIdle: Bool { session.openStreams == 0 }

  override var isOver: Bool {
    guard !isBroken else { return failure == nil }
    return session.isOver || (isIdle && (isDoubtful || !session.mayRequest))
  }

  override func begin(_ call: Call, at now: NIODeadline) {
    call.stream.isStreamed = call.streams
    call.watch.restart(at: now, count: call.moved)
    let length = call.statesLength ? call.stream.outgoing.count : nil
    let isUnderWay = session.request(
      on: call.stream, scheme: scheme, authority: endpoint.authority, length: length)
    if !isUnderWay { upstream.failed(call, UpstreamFault(.reset, sent: .no), isPolite: true) }
  }

  override func forEachCall(_ act: (Call) -> Void) {
    session.forEachStream { $0.withCall(act) }
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
    upstream.loop.calls.takeEvents { act($0) }
    session.takeNews { $0.withCall { upstream.arrived($0) } }
    session.tally = Tally()
  }

  private func act(_ event: Event) {
    switch event {
    case .headed(let stream): stream._withUnsafeGuaranteedRef { if $0.isStreamed { session.note($0) } }
    case .ended(let stream): stream._withUnsafeGuaranteedRef { ended($0) }
    case .bodyOverflowed(let stream), .fieldsOverflowed(let stream):
      stream._withUnsafeGuaranteedRef { fail($0, .tooLarge) }
    case .bufferOverflowed(let stream): stream._withUnsafeGuaranteedRef { fail($0, .overloaded) }
    case .closed(let stream, let code): stream._withUnsafeGuaranteedRef { closed($0, code) }
    case .discardOverflowed, .unsendable, .repliedEarly: break
    }
  }

  private func ended(_ stream: HTTP2.Stream) {
    // An answer before the call was whole: nobody wants the rest.
    if stream.replySent < stream.outgoing.count { session.reset(stream, .noError) }
    stream.withCall { upstream.answered($0) }
  }

  private func fail(_ stream: HTTP2.Stream, _ kind: UpstreamFault.Kind) {
    stream.isRefused = true
    session.reset(stream, .cancel)
    stream.withCall { upstream.failed($0, UpstreamFault(kind, sent: $0.isSent ? .maybe : .no)) }
  }

  private func closed(_ stream: HTTP2.Stream, _ code: ErrorCode) {
    // The library resets by these codes what breaks the rules; our own resets have others.
    let isOurs = !stream.wasReset && (code == .protocolError || code == .flowControl)
    stream.withCall { call in
      if stream.isBroken || isOurs {
        upstream.failed(call, UpstreamFault(.nonsense("an answer that breaks HTTP/2's rules"), sent: .maybe))
      } else {
        let isUntouched = code == .refusedStream || !call.isSent
        upstream.failed(call, UpstreamFault(.reset, sent: isUntouched ? .no : .maybe), isPolite: isUntouched)
      }
      call.settle()
    }
    withConnection { $0.refresh() }
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
    session.abandon { $0.withCall { calls.append($0) } }
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
    if session.isOver, session.openStreams > 0 { isBroken = true }
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
