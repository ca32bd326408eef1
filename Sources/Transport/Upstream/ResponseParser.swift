import HTTP2

/// Reads one answer of HTTP/1.1 or HTTP/1.0 (RFC 9112) into a stream, from bytes cut anywhere.
///
/// A value: bytes in, a step out; what was not used has to be shown again, with more behind it. As strict as
/// `RequestParser`, for the same reason: whoever disagrees with the server about where an answer ends, takes the next
/// answer for another call's.
package struct ResponseParser {
  /// What came of it.
  package enum Step: Equatable {
    /// Show the rest again when there is more.
    case more
    /// The header block is complete; the body comes next.
    case headed
    /// The answer is complete.
    case ended
    /// Its head or its body has passed its limit.
    case tooLarge
    /// Not an answer that can be understood safely.
    case nonsense(StaticString)

    /// The words of nonsense do not count.
    package static func == (left: Step, right: Step) -> Bool {
      switch (left, right) {
      case (.more, .more), (.headed, .headed), (.ended, .ended), (.tooLarge, .tooLarge), (.nonsense, .nonsense): true
      default: false
      }
    }
  }

  private enum State {
    case statusLine
    case fields
    case body(left: Int)
    case untilClose
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
    case ended
  }

  private let bounds: UpstreamSettings.Bounds
  private let isToHEAD: Bool
  private let isInPieces: Bool
  private var state = State.statusLine
  private var lines = LineReader()
  private var chunks = ChunkSizes()
  private var head = ResponseHead()
  private var version = HTTPVersion.http11
  private var nominated: [[UInt8]] = []

  /// The connection may be used for another call once this answer is complete.
  package private(set) var persists = false

  /// A parser for the answer to one call; to HEAD comes none with a body. In pieces there may be any amount of body.
  package init(bounds: UpstreamSettings.Bounds, toHEAD: Bool, inPieces: Bool) {
    self.bounds = bounds
    isToHEAD = toHEAD
    isInPieces = inPieces
  }

  /// The connection's end is the body's.
  package var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

  /// Reads on; answers how many bytes are done with, and what came of it.
  package mutating func parse(_ bytes: UnsafeRawBufferPointer, into stream: HTTP2.Stream) -> (used: Int, step: Step) {
    lines.position = 0
    var step = Step?.none
    while step == nil { step = advance(bytes, stream) }
    return (lines.position, step ?? .more)
  }

  /// One state; nil to go on with the next.
  private mutating func advance(_ bytes: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) -> Step? {
    switch state {
    case .statusLine: return line(bytes) { $0.statusLine($1, stream) }
    case .fields: return line(bytes) { $0.fieldLine($1, stream) }
    case .body(let left): return body(bytes, left, stream)
    case .untilClose: return untilClose(bytes, stream)
    case .chunkSize: return line(bytes) { $0.chunkSize($1, stream) }
    case .chunk(let left): return chunk(bytes, left, stream)
    case .chunkEnd: return line(bytes) { $0.chunkEnd($1) }
    case .trailers: return line(bytes) { $0.trailerLine($1) }
    case .ended: return .ended
    }
  }

  private mutating func line(
    _ bytes: UnsafeRawBufferPointer, _ read: (inout ResponseParser, UnsafeRawBufferPointer) -> Step?
  ) -> Step? {
    switch lines.next(bytes) {
    case .whole(let line): return lines.taken > bounds.headerBytes ? .tooLarge : read(&self, line)
    case .partial: return lines.taken + lines.scanned > bounds.headerBytes ? .tooLarge : .more
    case .broken: return .nonsense("a line that does not end with CR LF")
    }
  }

  // MARK: Head

  private mutating func statusLine(_ line: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) -> Step? {
    guard line.count >= 12, line[8] == 32,
      case .known(let version) = RequestHead.version(UnsafeRawBufferPointer(rebasing: line[..<8])),
      let status = Grammar.length(UnsafeRawBufferPointer(rebasing: line[9..<12])), status >= 100,
      line.count == 12 || line[12] == 32, Grammar.isValue(UnsafeRawBufferPointer(rebasing: line[12...]))
    else { return .nonsense("no status line of HTTP/1") }
    guard status != 101 else { return .nonsense("another protocol, unasked") }
    self.version = version
    stream.status = status
    state = .fields
    return nil
  }

  private mutating func fieldLine(_ line: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) -> Step? {
    if line.isEmpty { return headEnded(stream) }
    guard stream.fields.count < bounds.headerCount else { return .tooLarge }
    guard let (name, value) = RequestHead.field(line) else { return .nonsense("a line that is no field") }
    guard head.note(name, value) else { return .nonsense("a length that cannot be trusted") }
    if ResponseHead.isHopByHop(name) {
      if Grammar.equal(name, "connection") { nominated.append(Array(value)) }
      return nil
    }
    stream.fields.append(lowercasing: name, value: value)
    return stream.fields.listSize > bounds.headerBytes ? .tooLarge : nil
  }

  private mutating func headEnded(_ stream: HTTP2.Stream) -> Step? {
    let framing = head.framing(version, status: stream.status, toHEAD: isToHEAD)
    guard framing != .refused else { return .nonsense("a length that cannot be trusted") }
    if stream.status < 200 {
      // An interim answer (RFC 9110 §15.2): the real one follows. Its lines count against the same limit.
      stream.fields.clear()
      head = ResponseHead()
      nominated = []
      state = .statusLine
      return nil
    }
    if head.namesFields { stream.fields = stream.fields.withoutHopByHop(named: nominated) }
    persists = head.persists(version) && framing != .untilClose
    lines.taken = 0
    switch framing {
    case .none, .refused: state = .ended
    case .length(let length):
      guard isInPieces || length <= bounds.bodyBytes else { return .tooLarge }
      state = .body(left: length)
    case .chunked: state = .chunkSize
    case .untilClose: state = .untilClose
    }
    return .headed
  }

  private mutating func trailerLine(_ line: UnsafeRawBufferPointer) -> Step? {
    if line.isEmpty {
      state = .ended
      return nil
    }
    return RequestHead.field(line) == nil ? .nonsense("a trailer that is no field") : nil
  }

  // MARK: Body

  private mutating func body(_ bytes: UnsafeRawBufferPointer, _ left: Int, _ stream: HTTP2.Stream) -> Step? {
    let count = min(left, bytes.count - lines.position)
    take(count, bytes, stream)
    state = count == left ? .ended : .body(left: left - count)
    return count == left ? nil : .more
  }

  private mutating func untilClose(_ bytes: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) -> Step? {
    let count = bytes.count - lines.position
    guard isInPieces || stream.received + count <= bounds.bodyBytes else { return .tooLarge }
    take(count, bytes, stream)
    return .more
  }

  private mutating func chunkSize(_ line: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) -> Step? {
    guard let size = chunks.size(line) else { return .nonsense("a chunk without a size") }
    guard isInPieces || stream.received + size <= bounds.bodyBytes else { return .tooLarge }
    lines.taken = 0
    state = size == 0 ? .trailers : .chunk(left: size)
    return nil
  }

  private mutating func chunk(_ bytes: UnsafeRawBufferPointer, _ left: Int, _ stream: HTTP2.Stream) -> Step? {
    let count = min(left, bytes.count - lines.position)
    take(count, bytes, stream)
    state = count == left ? .chunkEnd : .chunk(left: left - count)
    return count == left ? nil : .more
  }

  private mutating func chunkEnd(_ line: UnsafeRawBufferPointer) -> Step? {
    guard line.isEmpty else { return .nonsense("a chunk that does not end where it should") }
    lines.taken = 0
    state = .chunkSize
    return nil
  }

  private mutating func take(_ count: Int, _ bytes: UnsafeRawBufferPointer, _ stream: HTTP2.Stream) {
    guard count > 0 else { return }
    stream.incoming.append(UnsafeRawBufferPointer(rebasing: bytes[lines.position..<lines.position + count]))
    stream.received += count
    lines.position += count
  }
}
