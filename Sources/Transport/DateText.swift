import Glibc
import NIOCore

/// The `date` field (RFC 9110 §5.6.7), rendered a few times each second and not for each answer.
struct DateText {
  private static let days: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let validity = TimeAmount.milliseconds(200)

  private var text: [UInt8] = Array("Thu, 01 Jan 1970 00:00:00 GMT".utf8)
  private var expires = NIODeadline.uptimeNanoseconds(0)

  /// The system's clock, as late as `now`.
  mutating func withText(at now: NIODeadline, _ body: (UnsafeRawBufferPointer) -> Void) {
    if now >= expires {
      render(seconds: time(nil))
      expires = now + DateText.validity
    }
    text.withUnsafeBytes(body)
  }

  private mutating func render(seconds: time_t) {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    put(DateText.days[Int(parts.tm_wday)], at: 0)
    put(Int(parts.tm_mday), at: 5)
    put(DateText.months[Int(parts.tm_mon)], at: 8)
    put((Int(parts.tm_year) + 1900) / 100, at: 12)
    put((Int(parts.tm_year) + 1900) % 100, at: 14)
    put(Int(parts.tm_hour), at: 17)
    put(Int(parts.tm_min), at: 20)
    put(Int(parts.tm_sec), at: 23)
  }

  private mutating func put(_ word: StaticString, at offset: Int) {
    for index in 0..<word.utf8CodeUnitCount { text[offset + index] = word.utf8Start[index] }
  }

  private mutating func put(_ number: Int, at offset: Int) {
    text[offset] = UInt8(48 + number / 10 % 10)
    text[offset + 1] = UInt8(48 + number % 10)
  }
}
