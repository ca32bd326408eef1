import ArgumentParser
import Gateway
import Mapping
import YAMLFile

/// `dragoman check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a configuration and mapping files.",
    discussion: """
      Prints FILE:LINE:COLUMN: what is wrong, and what would be right; exits with 1 when something is. Without arguments \
      it checks what is built in. It also says everything that would happen at the start; a server that is running is not \
      disturbed.
      """)

  @Option(help: ArgumentHelp("A configuration to check.", valueName: "file"))
  var config: String?
  @Argument(help: "Mapping files to check.")
  var mapping: [String] = []

  func run() throws {
    var isWrong = false
    func attempt(_ what: () throws -> Void) {
      do { try what() } catch {
        print("\(error)")
        isWrong = true
      }
    }
    for path in mapping {
      attempt {
        let dialect = try DialectParser.parse(try Disk.text(path), file: path)
        print("\(path): \(dialect.name): \(dialect.documents.count) documents, \(dialect.operations.count) operations")
      }
    }
    attempt {
      let loaded = try Loaded.load(config)
      if mapping.isEmpty { for line in Description(loaded).lines { print(line) } }
    }
    if isWrong { throw ExitCode(1) }
  }
}
