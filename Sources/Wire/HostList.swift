/// Host list expressions, as clusters write the names of their nodes: `web,n[1-3,07],r[1-2]n[1-2]`.
package enum HostList {
  /// The names that an expression stands for, in its order; nil when it is none, or stands for more than `most`.
  package static func names(_ text: String, most: Int = 65_536) -> [String]? {
    var found: [String] = []
    for part in parts(text) {
      guard let part, let names = expand(part[...], most: most - found.count) else { return nil }
      found += names
    }
    return found
  }

  /// The names one by one, with commas between them; nil when one of them could not be told from an expression.
  package static func text(_ names: [String]) -> String? {
    let isPlain = names.allSatisfy { name in
      !name.isEmpty && !name.utf8.contains { [0x2C, 0x5B, 0x5D, 0x20].contains($0) || $0 < 0x20 }
    }
    return isPlain && !names.isEmpty ? names.joined(separator: ",") : nil
  }

  /// The expressions between commas that stand in no brackets; nil for what is none.
  private static func parts(_ text: String) -> [String?] {
    var found: [String?] = []
    var part = ""
    var depth = 0
    for character in text + "," {
      switch character {
      case "," where depth == 0:
        found.append(part.isEmpty ? nil : part)
        part = ""
        continue
      case "[": depth += 1
      case "]": depth -= 1
      default: break
      }
      if depth < 0 || depth > 1 { return [nil] }
      part.append(character)
    }
    return depth == 0 ? found : [nil]
  }

  /// What stands before the first brackets with each value in them, and each expansion of what stands behind.
  private static func expand(_ part: Substring, most: Int) -> [String]? {
    guard most > 0 else { return nil }
    guard let open = part.firstIndex(of: "[") else { return [String(part)] }
    guard let close = part[open...].firstIndex(of: "]"),
      let values = values(part[part.index(after: open)..<close], most: most),
      let rest = expand(part[part.index(after: close)...], most: most), values.count * rest.count <= most
    else { return nil }
    return values.flatMap { value in rest.map { part[..<open] + value + $0 } }
  }

  /// `1-3,07`: the numbers, as wide as they are written.
  private static func values(_ text: Substring, most: Int) -> [String]? {
    var found: [String] = []
    for range in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends.first, let last = ends.last, let from = number(first),
        let to = number(last), from <= to, to - from < most - found.count
      else { return nil }
      found += (from...to).map { String(repeating: "0", count: max(0, first.utf8.count - "\($0)".count)) + "\($0)" }
    }
    return found
  }

  private static func number(_ digits: Substring) -> Int? {
    digits.utf8.count < 10 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
  }
}
