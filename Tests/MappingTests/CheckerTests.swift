import Mapping
import Testing
import YAMLFile

/// Mapping files with one realistic mistake each. The first line of each says where it is and what must be said of it:
/// `# expect LINE:COLUMN TEXT`.
struct CheckerTests {
  static let broken = (try? Files.names("Tests/MappingTests/Broken", ending: ".yaml")) ?? []

  @Test func thereAreThirtyAtLeast() { #expect(Self.broken.count >= 30) }

  @Test(arguments: broken)
  func theMistakeIsFound(_ file: String) throws {
    let text = try Files.text("Tests/MappingTests/Broken/\(file)")
    let line = try #require(text.split(separator: "\n").first)
    let words = line.split(separator: " ", maxSplits: 3)
    try #require(words.count == 4 && line.hasPrefix("# expect "))
    let place = words[2].split(separator: ":").compactMap { Int($0) }
    do {
      _ = try DialectParser.parse(text, file: file)
      Issue.record("\(file) was taken for right")
    } catch {
      let found = error.diagnostics.contains {
        [$0.line, $0.column] == place && $0.text.contains(String(words[3]))
      }
      #expect(found, "expected \(words[2]): \(words[3])\ngot\n\(error)")
    }
  }

  @Test(arguments: Files.shipped + Files.added)
  func whatIsShippedIsRight(_ name: String) throws {
    _ = try DialectParser.parse(Files.mapping(name), file: "\(name).yaml")
  }

  /// What is built in is what stands in the folder.
  @Test func whatIsBuiltInIsShipped() throws {
    #expect(Shipped.files.map(\.name) == Files.shipped.map { "\($0).yaml" })
    for file in Shipped.files { #expect(file.text == (try Files.text("mappings/\(file.name)"))) }
  }

  @Test(arguments: ["", "# nothing", "just a text", "- a\n- b", "dialect: [", "dialect: {a: b}"])
  func whatIsNoMappingIsRefused(_ text: String) {
    #expect(throws: FileFault.self) { try DialectParser.parse(text, file: "x.yaml") }
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() throws {
    let text = try Files.mapping("xplenty").replacingOccurrences("unknown: open", "unknown: maybe")
      .replacingOccurrences("size: 1000000", "size: big")
    let fault = #expect(throws: FileFault.self) { try DialectParser.parse(text, file: "xplenty.yaml") }
    #expect(fault?.diagnostics.count == 2)
    #expect(fault?.description.hasPrefix("xplenty.yaml:") ?? false)
  }
}

extension String {
  fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
