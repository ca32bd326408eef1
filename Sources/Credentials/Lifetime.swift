/// How long a token lives, as a request for one says it: a number and a unit (`1h`, `30m`, `10y`), or seconds alone.
package enum Lifetime {
  /// Milliseconds; 0 stands for the longest that is allowed. Nil for anything that is no lifetime.
  ///
  /// Units are `y` (365 days), `d`, `h`, `m` and `s`; no space, no sign, no fraction.
  package static func milliseconds(_ text: String) -> Int64? {
    let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let count = Int64(String(digits) ?? ""), digits.count <= 12 else { return nil }
    let unit: Int64
    switch text.utf8.dropFirst(digits.count).elementsEqual([]) ? "s" : String(text.dropFirst(digits.count)) {
    case "s": unit = 1
    case "m": unit = 60
    case "h": unit = 3600
    case "d": unit = 86_400
    case "y": unit = 365 * 86_400
    default: return nil
    }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit * 1000)
    return overflow ? Int64.max : seconds
  }
}
