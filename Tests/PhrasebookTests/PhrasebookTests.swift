import JobModel
import Phrasebook
import Testing
import YAMLFile

@Suite("The phrasebook") struct PhrasebookTests {
  private func book(_ text: String) throws -> Phrasebook {
    let report = Spec.Report(file: "site.yaml")
    let root = try #require(Spec.root(of: text, report))
    let found = PhrasebookParser.parse(root)
    try Spec.settle(report)
    return found
  }

  private static let text = """
    phrases:
      - {command: "run-etl {day}", package: {id: "88", cluster: "52", variables: {DAY: "'{day}'"}}}
      - {command: chef-client, converge: production}
      - {command: "{line}", task: {name: exec, parameters: {command: "{line}"}}}
      - {command: "run-package {id}", package: {id: "{id}", variables: environment}}
    clusters: {"52": [etl1, etl2]}
    """

  @Test("one intent in other words, both ways") func bothWays() throws {
    let book = try book(Self.text)
    let asPackage = book.wording(of: .init(kind: .command, name: "run-etl 7"), in: [.package])
    #expect(asPackage == .package("88", cluster: "52", variables: [.init("DAY", "'7'")]))
    let back = book.wording(
      of: .init(kind: .package, name: "88", pairs: [.init("DAY", "'7'")], cluster: "52"), in: [.command])
    #expect(back == .command("run-etl 7", environment: []))
    #expect(
      book.wording(of: .init(kind: .converge, name: "production"), in: [.command])
        == .command("chef-client", environment: []))
  }

  @Test("the first phrase that fits wins; a parameter nobody placed keeps a phrase from fitting") func firstAndWhole()
    throws
  {
    let book = try book(Self.text)
    #expect(
      book.wording(of: .init(kind: .command, name: "chef-client"), in: [.converge, .task]) == .converge("production"))
    let extra = Phrasebook.Intent(
      kind: .task, name: "exec", pairs: [.init("command", "x"), .init("failonfail", "true")])
    #expect(book.wording(of: extra, in: [.command]) == nil)
    #expect(book.wording(of: .init(kind: .task, name: "other"), in: [.command]) == nil)
  }

  @Test("all variables of a package may become the environment") func environment() throws {
    let book = try book(Self.text)
    let intent = Phrasebook.Intent(kind: .package, name: "9", pairs: [.init("A", "b")], cluster: "1")
    #expect(book.wording(of: intent, in: [.command]) == .command("run-package 9", environment: [.init("A", "b")]))
    #expect(book.nodes(ofCluster: "52") == ["etl1", "etl2"])
    #expect(book.nodes(ofCluster: "53") == nil)
  }

  @Test("a wrong phrase is found at its place") func places() throws {
    let text = "phrases:\n  - {command: x, converge: y}\n  - {command: \"{a}{b}\", task: {nam: t}}\n"
    do {
      _ = try book(text)
      Issue.record("it was taken")
    } catch let fault as FileFault {
      #expect(fault.diagnostics.map(\.line) == [3, 3, 3, 3])
      #expect(fault.description.contains("site.yaml:3:15: '{a}{b}' is no pattern"))
      #expect(fault.description.contains("did you mean 'name'?"))
    }
  }
}
