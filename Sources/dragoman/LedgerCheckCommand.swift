import ArgumentParser
import Ledger

/// `dragoman ledger check`.
struct LedgerCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for damage in a ledger, and for what must not be in one.",
    discussion: """
      Reads every page and every job; nothing is changed. Prints a line for everything that is wrong and exits with 1 when \
      something is. While it reads, the log of a server at work grows.
      """)

  @OptionGroup var place: LedgerPlace
  @Argument(help: "A ledger or a backup of one.")
  var file: String?

  func run() throws {
    try place.look(file) { try LedgerCheckCommand.report(try $0.check(), $0.path) }
  }

  /// Says what was found, and that this is wrong.
  static func report(_ findings: [LedgerFinding], _ path: String) throws {
    for finding in findings { print("\(path): \(finding)") }
    guard findings.isEmpty else { throw ExitCode(1) }
    print("\(path): nothing is wrong")
  }
}
