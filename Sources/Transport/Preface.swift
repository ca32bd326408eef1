/// Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes (RFC 9113 §3.4), however they are cut.
struct Preface {
  enum Finding { case undecided, http1, http2 }

  private static let text: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

  private var matched = 0

  /// Looks at the next bytes; those that left it undecided are lent by `withKept`.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> Finding {
    let length = Preface.text.utf8CodeUnitCount
    var position = matched
    for byte in bytes {
      guard position < length else { break }
      guard byte == Preface.text.utf8Start[position] else { return .http1 }
      position += 1
    }
    if position == length { return .http2 }
    matched = position
    return .undecided
  }

  /// The bytes that came in calls that found nothing: by nature a beginning of the preface.
  func withKept(_ body: (UnsafeRawBufferPointer) -> Void) {
    body(UnsafeRawBufferPointer(start: Preface.text.utf8Start, count: matched))
  }
}
