import Foundation
import Mapping
import Testing

/// Every line counts: a mapping from which one line is missing is refused, or an example fails. A line that could go
/// unnoticed is a line nobody needs, or one whose loss nobody would hear of.
struct LineTests {
  /// Lines that may be missing, each with its reason.
  static let excused: [String: String] = [:]

  @Test(arguments: Files.shipped + Files.added)
  func everyLineCounts(_ name: String) throws {
    let lines = try Files.mapping(name).split(separator: "\n", omittingEmptySubsequences: false)
    let examples = ExampleRunner.examples(in: try Files.examples()).filter { $0.dialects.contains(name) }
    var others = Dialects.codecs
    var order = Array(examples.indices)
    for (number, line) in lines.enumerated() {
      let bare = line.trimmingCharacters(in: .whitespaces)
      if bare.isEmpty || bare.hasPrefix("#") || Self.excused["\(name): \(bare)"] != nil { continue }
      var rest = lines
      rest.remove(at: number)
      let text = rest.joined(separator: "\n")
      guard let dialect = try? DialectParser.parse(text, file: name) else { continue }
      others[name] = Codec(dialect)
      let runner = ExampleRunner(codecs: others)
      if let hit = order.firstIndex(where: { !runner.run(examples[$0]).passed }) {
        // The example that told on this line will often tell on the next one too.
        order.swapAt(0, hit)
      } else {
        Issue.record("\(name).yaml:\(number + 1): nobody would miss '\(bare)'")
      }
    }
  }
}
