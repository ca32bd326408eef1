import Foundation
import Testing

/// The texts of `Corpus/`, one case a line; the files say how they are written.
struct Corpus {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// The kind of fault that is expected, empty in the accepted ones.
    var kind: String
    var text: [UInt8]
    var testDescription: String { name }
  }

  static let accepted = cases("accepted", fields: 2)
  static let refused = cases("refused", fields: 3)

  private static func cases(_ file: String, fields: Int) -> [Case] {
    guard let url = Bundle.module.url(forResource: file, withExtension: "txt", subdirectory: "Corpus"),
      let data = try? Data(contentsOf: url)
    else { return [] }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      let parts = line.split(separator: UInt8(ascii: "|"), maxSplits: fields - 1, omittingEmptySubsequences: false)
      guard parts.count == fields else { return nil }
      let words = parts.dropLast().map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
      return Case(name: words[0], kind: fields == 3 ? words[1] : "", text: raw(parts[fields - 1].dropFirst()))
    }
  }

  /// Replaces each `\xHH` by its byte.
  private static func raw(_ text: Data) -> [UInt8] {
    let text = Array(text)
    var result: [UInt8] = []
    var here = 0
    while here < text.count {
      if text[here] == UInt8(ascii: "\\"), here + 3 < text.count, text[here + 1] == UInt8(ascii: "x"),
        let byte = UInt8(String(decoding: text[here + 2...here + 3], as: UTF8.self), radix: 16)
      {
        result.append(byte)
        here += 4
      } else {
        result.append(text[here])
        here += 1
      }
    }
    return result
  }
}
