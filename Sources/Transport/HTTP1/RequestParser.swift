import Glibc
import HTTP2

/// Reads one HTTP/1.1 or HTTP/1.0 request (RFC 9112) into an exchange, from bytes cut anywhere.
///
/// A value: bytes in, a step out; what was not used has to be shown again, with more behind it. Strict where leniency
/// lets two servers disagree about where a request ends: a line ends with CR LF and nothing else, a field is not
/// folded, a body has one length and one only.
struct RequestParser {
  enum Step: Equatable {
    /// Show the rest again when there is more.
    case more
    /// The header block is complete; the body comes next.
    case headed
    /// The body has passed its limit; nothing of it is kept.
    case tooLarge
    /// The request is complete.
    case ended
    /// Not a request that can be answered safely: answer this status and close.
    case refused(Int)
  }

  private enum State {
    case requestLine
    case fields
    case body(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
    case ended
  }

  private let limits: Limits
  private var state = State.requestLine
  private var lines = LineReader()
  private var chunks = ChunkSizes()
  private var isAbsolute = false

  /// What the fields said.
  private(set) var head = RequestHead()

  init(limits: Limits) { self.limits = limits }

  /// Reads on; answers how many bytes are done with, and what came of it.
  mutating func parse(_ bytes: UnsafeRawBufferPointer, into exchange: Exchange) -> (used: Int, step: Step) {
    lines.position = 0
    var step = Step?.none
    while step == nil { step = advance(bytes, exchange) }
    return (lines.position, step ?? .more)
  }

  /// One state; nil to go on with the next.
  private mutating func advance(_ bytes: UnsafeRawBufferPointer, _ exchange: Exchange) -> Step? {
    switch state {
    case .requestLine: return line(bytes, tooLong: 414) { $0.requestLine($1, exchange) }
    case .fields: return line(bytes, tooLong: 431) { $0.fieldLine($1, exchange) }
    case .body(let left): return body(bytes, left, exchange)
    case .chunkSize: return line(bytes, tooLong: 400) { $0.chunkSize($1) }
    case .chunk(let left): return chunk(bytes, left, exchange)
    case .chunkEnd: return line(bytes, tooLong: 400) { $0.chunkEnd($1) }
    case .trailers: return line(bytes, tooLong: 431) { $0.trailerLine($1) }
    case .ended: return .ended
    }
  }

  // MARK: Lines

  private mutating func line(
    _ bytes: UnsafeRawBufferPointer, tooLong: Int,
    _ read: (inout RequestParser, UnsafeRawBufferPointer) -> Step?
  ) -> Step? {
    switch lines.next(bytes) {
    case .whole(let line): return lines.taken > limits.headerBytes ? .refused(tooLong) : read(&self, line)
    case .partial: return lines.taken + lines.scanned > limits.headerBytes ? .refused(tooLong) : .more
    case .broken: return .refused(400)
    }
  }

  // MARK: Head

  private mutating func requestLine(_ line: UnsafeRawBufferPointer, _ exchange: Exchange) -> Step? {
    guard let start = line.baseAddress, let found = memchr(start, 32, line.count) else { return .refused(400) }
    let first = UnsafeRawPointer(found) - start
    guard let last = line.lastIndex(of: 32), first < last else { return .refused(400) }
    let method = UnsafeRawBufferPointer(rebasing: line[..<first])
    let target = UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last])
    guard Grammar.isToken(method), Grammar.isTarget(target) else { return .refused(400) }
    switch RequestHead.version(UnsafeRawBufferPointer(rebasing: line[(last + 1)...])) {
    case .known(let version): exchange.version = version
    case .unknown: return .refused(505)
    case .malformed: return .refused(400)
    }
    exchange.method = Method(method)
    exchange.stream.methodPiece = exchange.stream.fields.putAside(method)
    guard putTarget(target, exchange) else { return .refused(400) }
    state = .fields
    return nil
  }

  /// Origin form, `*`, or the absolute form that only proxies are sent but that every server has to take (RFC 9112 §3.2).
  private mutating func putTarget(_ target: UnsafeRawBufferPointer, _ exchange: Exchange) -> Bool {
    if target.first == UInt8(ascii: "/") || (target.count == 1 && target.first == UInt8(ascii: "*")) {
      exchange.stream.targetPiece = exchange.stream.fields.putAside(target)
      return true
    }
    guard let (authority, rest) = RequestHead.absolute(target) else { return false }
    isAbsolute = true
    exchange.stream.targetPiece = exchange.stream.fields.putAside(rest.isEmpty ? Status.immortal("/") : rest)
    exchange.stream.fields.append(name: Status.immortal("host"), value: authority)
    return true
  }

  private mutating func fieldLine(_ line: UnsafeRawBufferPointer, _ exchange: Exchange) -> Step? {
    if line.isEmpty { return headEnded(exchange) }
    guard exchange.stream.fields.count < limits.headerCount else { return .refused(431) }
    guard let (name, value) = RequestHead.field(line) else { return .refused(400) }
    guard head.note(name, value) else { return .refused(400) }
    if isAbsolute, Grammar.equal(name, "host") { return nil }
    exchange.stream.fields.append(lowercasing: name, value: value)
    return exchange.stream.fields.listSize > limits.headerBytes ? .refused(431) : nil
  }

  private mutating func headEnded(_ exchange: Exchange) -> Step? {
    switch head.framing(exchange.version) {
    case .none: state = .ended
    case .length(let length) where length > limits.bodyBytes: return overflow(exchange)
    case .length(let length): state = .body(left: length)
    case .chunked: state = .chunkSize
    case .refused: return .refused(400)
    }
    lines.taken = 0
    return .headed
  }

  private mutating func trailerLine(_ line: UnsafeRawBufferPointer) -> Step? {
    if line.isEmpty {
      state = .ended
      return nil
    }
    // Trailers are read, so that the connection stays in step, and dropped: nobody here has a use for them.
    return RequestHead.field(line) == nil ? .refused(400) : nil
  }

  // MARK: Body

  private mutating func body(_ bytes: UnsafeRawBufferPointer, _ left: Int, _ exchange: Exchange) -> Step? {
    let count = min(left, bytes.count - lines.position)
    take(count, bytes, exchange)
    state = count == left ? .ended : .body(left: left - count)
    return count == left ? nil : .more
  }

  private mutating func chunkSize(_ line: UnsafeRawBufferPointer) -> Step? {
    guard let size = chunks.size(line) else { return .refused(400) }
    lines.taken = 0
    state = size == 0 ? .trailers : .chunk(left: size)
    return nil
  }

  private mutating func chunk(_ bytes: UnsafeRawBufferPointer, _ left: Int, _ exchange: Exchange) -> Step? {
    let count = min(left, bytes.count - lines.position)
    if exchange.stream.received + left > limits.bodyBytes { return overflow(exchange) }
    take(count, bytes, exchange)
    state = count == left ? .chunkEnd : .chunk(left: left - count)
    return count == left ? nil : .more
  }

  private mutating func chunkEnd(_ line: UnsafeRawBufferPointer) -> Step? {
    guard line.isEmpty else { return .refused(400) }
    lines.taken = 0
    state = .chunkSize
    return nil
  }

  private mutating func take(_ count: Int, _ bytes: UnsafeRawBufferPointer, _ exchange: Exchange) {
    guard count > 0 else { return }
    exchange.stream.incoming.append(UnsafeRawBufferPointer(rebasing: bytes[lines.position..<lines.position + count]))
    exchange.stream.received += count
    lines.position += count
  }

  private func overflow(_ exchange: Exchange) -> Step {
    exchange.stream.incoming.clear(keeping: 0)
    exchange.bodyTooLarge = true
    return .tooLarge
  }
}
