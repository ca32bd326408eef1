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
      try report(Examples.run(files, dialects))
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(1)
    }
  }
}
