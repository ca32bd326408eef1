import HTTP2
import NIOCore

/// A conversation in HTTP/1.1 or HTTP/1.0 (RFC 9112): one exchange at a time, further requests wait in line.
final class HTTP1Dialogue: Dialogue {
  private var parser: RequestParser
  private var current: Exchange?

  /// Bytes that came and could not be used yet: half a line, or requests ahead of their time.
  private var input = ByteStore()

  /// An answer is being waited for or sent: nothing is parsed.
  private var isBusy = false
  private var headIsOut = false
  private var owesContinue = false

  /// The connection ends with the present answer.
  private var isLast = false

  /// The client's request was cut short by us, so that it may still be sending.
  private var wasRefused = false
  private var hasEnded = false
  private var isDraining = false

  override init(on connection: Connection) {
    parser = RequestParser(limits: connection.loop.limits)
    super.init(on: connection)
  }

  // MARK: Input

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !hasEnded, !wasRefused else { return }
    if isBusy || !input.isEmpty {
      input.append(bytes)
      if isBusy { limitPipeline() } else { parseInput() }
      return
    }
    let used = parse(bytes)
    if used < bytes.count, !wasRefused { input.append(UnsafeRawBufferPointer(rebasing: bytes[used...])) }
  }

  private func parseInput() {
    let used = parse(input.bytes)
    input.removeFirst(wasRefused ? input.count : used)
    if input.isEmpty { input.clear(keeping: HTTP2.Stream.keptBytes) }
  }

  private func limitPipeline() {
    guard input.count > loop.limits.pipelinedBytes else { return }
    counters.violations.bump()
    connection.close()
  }

  /// Reads until a request is whole or the bytes are used up; answers how many were.
  private func parse(_ bytes: UnsafeRawBufferPointer) -> Int {
    var used = 0
    if current == nil {
      // Empty lines before a request are left over from clients that end a body with one (RFC 9112 §2.2).
      while used + 1 < bytes.count, bytes[used] == 13, bytes[used + 1] == 10 { used += 2 }
      if used == bytes.count || (used + 1 == bytes.count && bytes[used] == 13) { return used }
    }
    guard let exchange = current ?? takeExchange() else { return used }
    while !isBusy {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
      let (count, step) = parser.parse(rest, into: exchange)
      used += count
      switch step {
      case .more: return used
      case .headed: headed(exchange, bodyHasBegun: used < bytes.count)
      case .ended: whole(exchange)
      case .tooLarge:
        refuse()
        whole(exchange)
      case .refused(let status):
        refuse()
        isBusy = true
        exchange.answerPlainly(status)
      }
    }
    return used
  }

  private func takeExchange() -> Exchange? {
    guard let exchange = loop.takeExchange() else { return nil }
    exchange.open(for: self, version: .http11, at: loop.now)
    current = exchange
    return exchange
  }

  private func headed(_ exchange: Exchange, bodyHasBegun: Bool) {
    exchange.stream.headed = true
    exchange.watch.restart(at: loop.now, count: 0)
    isLast = isLast || !parser.head.persists(exchange.version)
    guard parser.head.expectsContinue, exchange.version == .http11, !bodyHasBegun else { return }
    owesContinue = true
    loop.markDirty(connection)
  }

  private func whole(_ exchange: Exchange) {
    owesContinue = false
    isBusy = true
    deliver(exchange)
  }

  private func refuse() {
    counters.violations.bump()
    wasRefused = true
    isLast = true
  }

  override func inputEnded() { if !isBusy { hasEnded = true } }

  // MARK: Output

  override func finished(_ exchange: Exchange) {
    exchange.watch.restart(at: loop.now, count: 0)
    loop.markDirty(connection)
  }

  override func flushed(_ exchange: Exchange) { finished(exchange) }

  override func brokenOff(_ exchange: Exchange) { connection.close() }

  override func produce(into out: inout ByteBuffer) -> Bool {
    if owesContinue {
      owesContinue = false
      out.writeBytes(Status.immortal("HTTP/1.1 100 Continue\r\n\r\n"))
    }
    while let exchange = current, exchange.stage == .finished || exchange.isStreaming {
      if !headIsOut {
        headIsOut = true
        isLast = isLast || isDraining || (exchange.isStreaming && exchange.version == .http10)
        loop.withHead(into: &out) { ReplyHead.write(exchange, isLast: isLast, on: loop, into: &$0) }
      }
      if exchange.isStreaming {
        if ChunkedBody.write(exchange, into: &out) { return true }
        guard exchange.stage == .finished else { return false }
      } else if exchange.carriesBody {
        let room = max(Loop.outputBytes - out.readableBytes, 0)
        let piece = exchange.stream.outgoing.bytes(from: exchange.stream.replySent, count: room)
        out.writeBytes(piece)
        exchange.stream.replySent += piece.count
        if exchange.stream.replySent < exchange.stream.outgoing.count { return true }
      }
      end(exchange)
      if hasEnded { return false }
      if !input.isEmpty { parseInput() }
      // Who has closed for writing may still have sent several requests; an incomplete one will never be whole.
      if connection.inputHasEnded, !isBusy { hasEnded = true }
      if out.readableBytes >= Loop.outputBytes { return current?.stage == .finished }
    }
    return false
  }

  private func end(_ exchange: Exchange) {
    current = nil
    release(exchange)
    parser = RequestParser(limits: loop.limits)
    headIsOut = false
    isBusy = false
    hasEnded = isLast
  }

  override func limitsChanged() { if current == nil { parser = RequestParser(limits: loop.limits) } }

  override func abandon() {
    guard let exchange = current else { return }
    current = nil
    release(exchange)
  }

  override var isOver: Bool { hasEnded }

  override var shouldLinger: Bool { wasRefused || !input.isEmpty }

  override var wantsInput: Bool { !(isBusy && !input.isEmpty) }

  // MARK: Time

  override func drain() {
    // A client that is about to ask hears with its answer that it is the last one.
    if isDraining, current == nil { hasEnded = true }
    isDraining = true
  }

  override func check(at now: NIODeadline) -> Verdict {
    guard let exchange = current else {
      return now - connection.quietSince >= loop.times.idle ? .abort : .fine
    }
    switch exchange.stage {
    case .resting, .finished, .discarding: return .fine
    case .answering:
      // While something waits for the client, it is the connection that looks at the time.
      guard exchange.backlog == 0 || !exchange.isStreaming, now - exchange.watch.since >= loop.times.answer else {
        return .fine
      }
      exchange.answerPlainly(500)
    case .reading:
      // A head is given its time as a whole; a body only has to move on.
      let least = exchange.stream.headed ? loop.limits.progressBytes : .max
      guard
        exchange.watch.hasStalled(at: now, count: exchange.stream.received, least: least, limit: loop.times.progress)
      else { return .fine }
      counters.timeouts.bump()
      refuse()
      isBusy = true
      exchange.answerPlainly(408)
    }
    return .output
  }
}
