import Subprocess

import func Glibc.getenv

/// This test program once more, running one test only: for the tests that kill or stop its process, or take something
/// away from it, and must not meet the tests beside them.
enum Rerun {
  /// What is to be done after a line was heard.
  enum Next { case goOn, kill }

  static let variable = "LEDGER_TESTS_ALONE"

  /// What the test was started for; nil in an ordinary run, where it has nothing to do.
  static var purpose: String? { getenv(variable).map { String(cString: $0) } }

  /// Starts it, and hears what it prints, line by line, until it ends; `hear` is also told the process's id.
  static func run(_ test: String, purpose: String, hear: (String, Int32) async throws -> Next) async throws {
    var words: [String] = []
    var rest = CommandLine.arguments.dropFirst()
    while let word = rest.popFirst() {
      if word == "--filter" || word == "--skip" { _ = rest.popFirst() } else { words.append(word) }
    }
    guard let key = Environment.Key(rawValue: variable) else { return }
    _ = try await Subprocess.run(
      .path("/proc/self/exe"), arguments: Arguments(words + ["--filter", test]),
      environment: .inherit.updating([key: purpose]), input: .none, output: .sequence, error: .discarded
    ) { execution in
      for try await line in execution.standardOutput.strings() {
        guard try await hear(line, execution.processIdentifier.value) == .kill else { continue }
        try execution.send(signal: .kill)
      }
    }
  }
}
