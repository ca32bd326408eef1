import Glibc

/// Where the lines of a log go.
package enum LogTarget: Sendable, Equatable, CustomStringConvertible {
  /// A file, made when it is not there; reopened when the operator has moved it.
  case file(String)
  case standardOutput

  /// The path, or `stdout`.
  package var description: String {
    switch self {
    case .file(let path): path
    case .standardOutput: "stdout"
    }
  }
}

/// Why a log cannot be written. A sentence that names the file.
package struct LogFault: Error, Equatable, CustomStringConvertible {
  /// For people.
  package let description: String

  init(_ target: LogTarget, _ code: Int32) {
    description = "\(target): cannot be opened for writing: \(LogFault.text(code))"
  }

  static func text(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

/// What happens to a log that somebody should hear of; told from the log's own thread.
package enum LogNews: Sendable, Equatable, CustomStringConvertible {
  /// Lines are kept as long as there is room for them, and then dropped and counted.
  case failing(LogTarget, reason: String)
  /// Lines are written again.
  case recovered(LogTarget)
  case reopened(LogTarget)
  /// The file that was open stays open.
  case notReopened(LogTarget, reason: String)

  /// One sentence.
  package var description: String {
    switch self {
    case .failing(let target, let reason): "\(target): the log cannot be written: \(reason)"
    case .recovered(let target): "\(target): the log is written again"
    case .reopened(let target): "\(target): the log was reopened"
    case .notReopened(let target, let reason): "\(target): the log could not be reopened: \(reason)"
    }
  }
}
