import ArgumentParser
import Gateway

/// `dragoman secret`.
struct SecretCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret",
    abstract: "Make secrets, and the lines by which a configuration knows them.",
    subcommands: [Token.self, Digest.self, Password.self])

  struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token or an API key.",
      discussion: "Prints it, and under it the digest that stands in the configuration.")

    func run() { for line in SecretLines.token() { print(line) } }
  }

  struct Digest: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The digest of a token or API key that is there already.",
      discussion: "Reads it from standard input, one line.")

    func run() throws { print(try SecretLines.digest(of: SecretCommand.line())) }
  }

  struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The line for a user's password.",
      discussion: "Reads the password from standard input, one line.")

    func run() throws { print(try SecretLines.password(SecretCommand.line())) }
  }

  private static func line() throws -> String {
    guard let line = readLine(), !line.isEmpty else {
      throw ValidationError("give the secret on standard input, one line")
    }
    return line
  }
}
