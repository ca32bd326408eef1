import Subprocess

import Glibc

/// This test program once more, running one test only: for tests that count descriptors or kill their process, and must
/// not meet the tests beside them.
enum Rerun {
  static let variable = "RUNNER_TESTS_ALONE"

  /// What the test was started for; nil in an ordinary run, where it has nothing to do.
  static var purpose: String? { getenv(variable).map { String(cString: $0) } }

  /// The program, and the arguments that make it run only that test. Behind `wrapper`, when there is one.
  static func words(_ test: String, behind wrapper: [String] = []) -> [String] {
    var words: [String] = []
    var rest = CommandLine.arguments.dropFirst()
    while let word = rest.popFirst() {
      if word == "--filter" || word == "--skip" { _ = rest.popFirst() } else { words.append(word) }
    }
    var path = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &path, path.count)
    let program = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return wrapper + [program] + words + ["--filter", test]
  }

  /// Starts it, and hears what it prints, line by line, until it ends. When `hear` answers true it is killed at once.
  static func run(
    _ test: String, purpose: String, environment: [String: String] = [:], behind wrapper: [String] = [],
    hear: (String) async -> Bool
  ) async throws {
    let words = words(test, behind: wrapper)
    var updates: [Environment.Key: String?] = [:]
    for (name, value) in environment.merging([variable: purpose], uniquingKeysWith: { $1 }) {
      if let key = Environment.Key(rawValue: name) { updates[key] = value }
    }
    _ = try await Subprocess.run(
      .path(.init(words[0])), arguments: Arguments(Array(words.dropFirst())), environment: .inherit.updating(updates),
      input: .none, output: .sequence, error: .discarded
    ) { execution in
      for try await line in execution.standardOutput.strings() where await hear(line) {
        try execution.send(signal: .kill)
      }
    }
  }

  /// What the test was told beside its purpose.
  static func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
}
