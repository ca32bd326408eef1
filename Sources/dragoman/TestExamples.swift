import ArgumentParser
import Gateway
import Mapping

/// `dragoman test`.
struct TestExamples: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the examples of mapping files.",
    discussion: """
      A folder holds Markdown files with commands, their input and what must come out; mappings/README.md says how. \
      Prints what differs and exits with 1 when something does.
      """)

  @Argument(help: "The folder with examples.")
  var folder = "mappings/examples"
  @Option(help: ArgumentHelp("A folder of mapping files beside those built in.", valueName: "folder"))
  var mappings: String?

  func run() throws {
    do {
      let dialects = try Mappings.load(folder: mappings)
      var files: [(name: String, text: String)] = []
      for path in try Disk.files(folder, ending: ".md", deep: true) { files.append((path, try Disk.text(path))) }
      let codecs = Dictionary(uniqueKeysWithValues: dialects.map { ($0.name, Codec($0)) })
      let results = ExampleRunner(codecs: codecs).run(files)
      let failed = results.filter { !$0.passed }
      for result in failed { print(result) }
      print("\(results.count) examples in \(files.count) files, \(failed.count) failed")
      guard failed.isEmpty, !results.isEmpty else { throw ExitCode(1) }
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(1)
    }
  }
}
