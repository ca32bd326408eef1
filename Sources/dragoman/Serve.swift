import ArgumentParser
import Gateway
import Logging
import YAMLFile

/// `dragoman serve`.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway.",
    discussion: """
      Without --config it needs nothing: all dialects on 127.0.0.1:8080 (HTTP/1.1 and HTTP/2), an embedded runner with six \
      nodes and a few harmless commands, health on 127.0.0.1:8081, data in ./dragoman-data. Nobody is asked for \
      credentials then, so it listens on the loopback address only.

      SIGTERM and SIGINT end it in good order: it stops accepting, finishes what is under way, and exits 0.
      """)

  @Option(
    name: .long, help: ArgumentHelp("The configuration; deploy/dragoman.yaml explains every key.", valueName: "file"))
  var config: String?

  func run() async throws {
    do {
      let configuration = try Loading.configuration(config)
      let dialects = try Mappings.load(folder: configuration.mappings)
      let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
      LoggingSystem.bootstrap(StreamLogHandler.standardError)
      var log = Logger(label: "dragoman")
      log.logLevel = level
      try await Serving(configuration, dialects: dialects, log: log).serve()
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(2)
    } catch {
      Loading.complain("\(error)")
      throw ExitCode(1)
    }
  }
}
