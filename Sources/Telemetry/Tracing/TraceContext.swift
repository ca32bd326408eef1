/// Where a request stands in a distributed trace: W3C Trace Context, level 1.
package struct TraceContext: Sendable, Equatable {
  /// The trace, 16 bytes, never all zero.
  package let trace: (high: UInt64, low: UInt64)
  /// The span that speaks, 8 bytes, never zero. In a context that was read it is the caller's.
  package let span: UInt64
  /// Whether the caller keeps what is traced: the only flag of version 00.
  package let isSampled: Bool

  /// How long a context of version 00 is in writing.
  package static let size = 55

  private init(trace: (high: UInt64, low: UInt64), span: UInt64, isSampled: Bool) {
    self.trace = trace
    self.span = span
    self.isSampled = isSampled
  }

  /// A trace that begins here; nobody has asked for it to be kept.
  package init(using random: inout some RandomNumberGenerator) {
    self.init(trace: (random.next(), TraceContext.some(&random)), span: TraceContext.some(&random), isSampled: false)
  }

  /// Reads a `traceparent`. Version 00 is taken strictly; of a later one, as the standard has it, the part that is known
  /// today. Nil when it is none: then a new trace begins.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard text.count >= TraceContext.size, text[2] == TraceContext.dash, text[35] == TraceContext.dash,
      text[52] == TraceContext.dash,
      let version = Hex.value(text, 0, 2), version != 0xFF,
      let high = Hex.value(text, 3, 16), let low = Hex.value(text, 19, 16), high | low != 0,
      let span = Hex.value(text, 36, 16), span != 0,
      let flags = Hex.value(text, 53, 2)
    else { return nil }
    if text.count > TraceContext.size {
      guard version != 0, text[TraceContext.size] == TraceContext.dash else { return nil }
    }
    self.init(trace: (high, low), span: span, isSampled: flags & 1 == 1)
  }

  /// The same trace, a span of our own below the caller's.
  package func child(using random: inout some RandomNumberGenerator) -> TraceContext {
    TraceContext(trace: trace, span: TraceContext.some(&random), isSampled: isSampled)
  }

  /// Writes a `traceparent`, version 00, into the first `size` bytes.
  package func write(to place: UnsafeMutableRawBufferPointer) {
    guard let start = place.baseAddress, place.count >= TraceContext.size else { return }
    start.copyMemory(from: TraceContext.frame.utf8Start, byteCount: TraceContext.size)
    Hex.write(trace.high, to: start + 3)
    Hex.write(trace.low, to: start + 19)
    Hex.write(span, to: start + 36)
    if isSampled { place[54] = UInt8(ascii: "1") }
  }

  /// The `traceparent`. Not for the hot path.
  package var text: String {
    withUnsafeTemporaryAllocation(byteCount: TraceContext.size, alignment: 1) { place in
      write(to: place)
      return String(decoding: place, as: UTF8.self)
    }
  }

  package static func == (one: TraceContext, other: TraceContext) -> Bool {
    one.trace == other.trace && one.span == other.span && one.isSampled == other.isSampled
  }

  private static let frame: StaticString = "00-00000000000000000000000000000000-0000000000000000-00"
  private static let dash = UInt8(ascii: "-")

  private static func some(_ random: inout some RandomNumberGenerator) -> UInt64 {
    let value: UInt64 = random.next()
    return value == 0 ? 1 : value
  }
}
