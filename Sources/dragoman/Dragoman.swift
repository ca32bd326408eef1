import ArgumentParser

/// The command line.
@main
struct Dragoman: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dragoman",
    abstract: "A gateway that translates between job platforms' APIs.",
    discussion: """
      A client keeps speaking the API it always spoke; the job runs on whatever platform its owner has moved to.

      Try it:  dragoman serve
               curl -d '{"command":"chef-client","nodes":["NODE1"]}' -H 'Content-Type: application/json' \\
                 http://127.0.0.1:8080/organizations/ORG/pushy/jobs

      Exit codes: 0 all is well, 1 something is wrong with a file or a document, 2 the server cannot start,
      3 a translation lost something and --strict was given, 64 the command line is wrong.
      """,
    version: "0.1.0",
    subcommands: [
      Serve.self, Check.self, Translate.self, Explain.self, TestExamples.self, LedgerCommand.self, SecretCommand.self,
      GuardianCommand.self,
    ])
}
