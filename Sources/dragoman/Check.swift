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
      it checks what is built in. With --config it also says what would happen at the start.
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
      let configuration = try Loading.configuration(config)
      let dialects = try Mappings.load(folder: configuration.mappings)
      if mapping.isEmpty { describe(configuration, dialects) }
    }
    if isWrong { throw ExitCode(1) }
  }

  private func describe(_ configuration: Configuration, _ dialects: [Dialect]) {
    for listener in configuration.listeners {
      let names = listener.dialects?.joined(separator: ", ") ?? dialects.map(\.name).joined(separator: ", ")
      print("listen on \(listener.address), HTTP/1.1 and HTTP/2, credentials: open; dialects: \(names)")
      print("links: \(listener.publicURL ?? "the caller's Host header")")
    }
    if let admin = configuration.admin { print("admin on \(admin): /healthz, /readyz") }
    print("data in \(configuration.data)")
    print("runner: nodes \(configuration.runner.inventory.nodes.map(\.name).joined(separator: ", "))")
    print(
      "runner: \(configuration.runner.whitelist.entries.count) commands, \(configuration.phrasebook.phrases.count) phrases"
    )
  }
}
