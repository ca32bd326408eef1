import ArgumentParser
import Gateway

/// `dragoman serve`.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway.",
    discussion: """
      Without --config it needs nothing: all dialects on 127.0.0.1:8080 (HTTP/1.1 and HTTP/2), an embedded runner with six \
      nodes and a few harmless commands, health on 127.0.0.1:8081, data in ./dragoman-data. Nobody is asked for \
      credentials then, so it listens on the loopback address only.

      SIGTERM and SIGINT end it in good order: it stops accepting, finishes what is under way, and exits 0. SIGHUP, or a
      change of one of its files, reads the configuration again: all of it is taken up, or the last good one goes on.
      SIGUSR1 opens the access and audit logs anew.
      """)

  @Option(
    name: .long, help: ArgumentHelp("The configuration; deploy/dragoman.yaml explains every key.", valueName: "file"))
  var config: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Event loops, from 1 to 1024; without it what the configuration says, or one for each core."))
  var loops: Int?

  func validate() throws {
    if let loops, !(1...1024).contains(loops) { throw ValidationError("--loops must be from 1 to 1024") }
  }

  func run() async throws {
    do {
      let version = Dragoman.configuration.version
      try await Serving(try Loaded.load(config), path: config, version: version, loops: loops).serve()
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(2)
    } catch {
      Loading.complain("\(error)")
      throw ExitCode(1)
    }
  }
}
