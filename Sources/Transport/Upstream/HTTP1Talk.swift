import HTTP2
import NIOCore

/// A conversation in HTTP/1.1 with a backend (RFC 9112): one call at a time.
final class HTTP1Talk: UpstreamTalk {
  private var parser: ResponseParser
  private var current: Call?

  /// Bytes that came and could not be used yet: half a line.
  private var input = ByteStore()
  private var headIsOut = false
  private var bodyIsOut = false
  private var hasEnded = false

  /// Calls that were answered here.
  private var answers = 0

  override init(on connection: UpstreamConnection) {
    parser = ResponseParser(bounds: connection.upstream.settings.bounds, toHEAD: false, inPieces: false)
    super.init(on: connection)
  }

  override var room: Int { current == nil && !hasEnded ? 1 : 0 }
  override var isSequential: Bool { true }
  override var isIdle: Bool { current == nil }
  override var isOver: Bool { hasEnded }

  override var wantsInput: Bool {
    guard let current, current.streams else { return true }
    return current.stream.incoming.count < upstream.settings.bounds.pieceBytes
  }

  override func begin(_ call: Call, at now: NIODeadline) {
    current = call
    parser = ResponseParser(bounds: upstream.settings.bounds, toHEAD: call.isToHEAD, inPieces: call.streams)
    headIsOut = false
    bodyIsOut = false
  }

  override func forEachCall(_ act: (Call) -> Void) { if let current { act(current) } }

  // MARK: Input

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    guard let call = current, headIsOut else {
      // Nobody has asked.
      hasEnded = true
      if let call = current { fail(call, .nonsense("an answer before the call")) }
      return
    }
    let before = call.stream.received
    let step: ResponseParser.Step
    var hasRest: Bool
    if input.isEmpty {
      let used: Int
      (used, step) = parse(bytes, call)
      hasRest = used < bytes.count
      if hasRest { input.append(UnsafeRawBufferPointer(rebasing: bytes[used...])) }
    } else {
      input.append(bytes)
      let used: Int
      (used, step) = parse(input.bytes, call)
      input.removeFirst(used)
      hasRest = !input.isEmpty
    }
    hold(call, call.stream.received - before)
    switch step {
    case .more, .headed:
      if upstream.buffered > upstream.settings.bounds.bufferedBytes { return fail(call, .overloaded) }
      if call.streams, call.hasBegun { upstream.arrived(call) }
    case .ended: whole(call, isLast: hasRest)
    case .tooLarge: fail(call, .tooLarge)
    case .nonsense(let text): fail(call, .nonsense("\(text)"))
    }
  }

  private func parse(_ bytes: UnsafeRawBufferPointer, _ call: Call) -> (used: Int, step: ResponseParser.Step) {
    var used = 0
    while true {
      let (count, step) = parser.parse(UnsafeRawBufferPointer(rebasing: bytes[used...]), into: call.stream)
      used += count
      guard step == .headed else { return (used, step) }
    }
  }

  private func hold(_ call: Call, _ count: Int) {
    guard !call.streams, count > 0 else { return }
    call.heldBytes += count
    upstream.buffered += count
  }

  /// The answer is whole. The connection is used again only if both sides are sure where the next one begins.
  private func whole(_ call: Call, isLast: Bool) {
    release()
    answers += 1
    hasEnded = hasEnded || isLast || !bodyIsOut || !parser.persists
    connection.loop.markDirty(connection)
    connection.refresh()
    upstream.answered(call)
  }

  private func fail(_ call: Call, _ kind: UpstreamFault.Kind) {
    drop(call)
    upstream.failed(call, UpstreamFault(kind, sent: call.isSent ? .maybe : .no))
  }

  override func drop(_ call: Call) {
    guard current === call else { return }
    release()
    hasEnded = true
    connection.loop.markDirty(connection)
  }

  private func release() {
    current = nil
    input.clear(keeping: HTTP2.Stream.keptBytes)
  }

  override func ended(_ kind: UpstreamFault.Kind, isClean: Bool) {
    hasEnded = true
    guard let call = current else { return }
    release()
    if isClean, parser.endsWithConnection { return upstream.answered(call) }
    // A server may end a connection that it has used: that is no sickness (RFC 9112 §9.3.1).
    let isPolite = kind == .reset && answers > 0 && !call.hasBegun
    upstream.failed(call, UpstreamFault(kind, sent: call.isSent ? .maybe : .no), isPolite: isPolite)
  }

  // MARK: Output

  override func produce(into out: inout ByteBuffer) -> Bool {
    guard let call = current, !bodyIsOut else { return false }
    if !headIsOut {
      headIsOut = true
      call.stream.isSent = true
      call.watch.restart(at: upstream.loop.now, count: call.moved)
      upstream.loop.withHead(into: &out) { CallHead.write(call, to: endpoint, into: &$0) }
    }
    let room = max(Loop.outputBytes - out.readableBytes, 0)
    let piece = call.stream.outgoing.bytes(from: call.stream.replySent, count: room)
    out.writeBytes(piece)
    call.stream.replySent += piece.count
    bodyIsOut = call.stream.replySent == call.stream.outgoing.count
    return !bodyIsOut
  }
}

/// Writes the first line and the fields of a call (RFC 9112 §3, §5).
enum CallHead {
  static func write(_ call: Call, to endpoint: UpstreamEndpoint, into out: inout ByteStore) {
    out.append(call.methodBytes)
    out.append(" ")
    out.append(call.targetBytes)
    out.append(" HTTP/1.1\r\nhost: ")
    out.append(endpoint.authority)
    out.append(lines: call.stream.reply)
    if call.statesLength {
      out.append("\r\ncontent-length: ")
      Decimal.withDigits(call.stream.outgoing.count) { out.append($0) }
    }
    out.append("\r\n\r\n")
  }
}
