/// The commands this runner is willing to run, and what each of them really is.
package struct Whitelist: Sendable {
  /// One permission: a command as callers say it, and the line the shell is given.
  package struct Entry: Sendable, Equatable {
    /// How a command is recognised.
    package enum Match: Sendable, Equatable {
      /// Character for character.
      case exactly(String)
      /// By a regular expression, which must match the whole command.
      case pattern(String)
    }

    /// Which commands it is about.
    package var match: Match
    /// For the shell. In a pattern's line `\1` … `\9` stand for what the groups captured and `\0` for the whole command,
    /// each of them always one word or part of one, whatever it holds.
    package var line: String
    /// A file that must not be locked (flock) by anybody when the job is offered; nil for none.
    package var lock: String?

    /// A permission.
    package init(_ match: Match, line: String, lock: String? = nil) {
      self.match = match
      self.line = line
      self.lock = lock
    }
  }

  /// As given. The first that matches wins.
  package let entries: [Entry]
  private let programs: [String]

  /// Checks every pattern and every substitution now, so that no job finds the mistake.
  package init(entries: [Entry]) throws(WhitelistFault) {
    var programs: [String] = []
    for (number, entry) in entries.enumerated() {
      guard !entry.line.utf8.contains(0) else { throw .nul(entry: number) }
      switch entry.match {
      case .exactly:
        programs.append(entry.line)
      case .pattern(let pattern):
        let groups = try Self.groups(of: pattern, entry: number)
        let template = CommandTemplate(entry.line)
        if let group = template.groups.max(), group > groups {
          throw .group(entry: number, pattern: pattern, group: group, groups: groups)
        }
        programs.append(template.program)
      }
    }
    self.entries = entries
    self.programs = programs
  }

  /// What to run for a command; nil when nobody allowed it.
  package func resolve(_ command: String) -> RealCommand? {
    for (entry, program) in zip(entries, programs) {
      switch entry.match {
      case .exactly(let name):
        // Not ==, which takes two spellings of an accented letter for the same text.
        guard name.utf8.elementsEqual(command.utf8) else { continue }
        return RealCommand(program: program, arguments: [], lock: entry.lock)
      case .pattern(let pattern):
        guard let captured = Self.captures(of: pattern, in: command) else { continue }
        return RealCommand(program: program, arguments: captured, lock: entry.lock)
      }
    }
    return nil
  }

  // A Regex is not Sendable, so it is made anew for each command: tens of microseconds before a process is started.
  private static func captures(of pattern: String, in command: String) -> [String]? {
    guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return nil }
    guard let match = try? regex.wholeMatch(in: command) else { return nil }
    let groups = match.output.dropFirst().map { $0.substring.map(String.init) ?? "" }
    // Filled up to nine, so that the whole command has the same place for every pattern.
    return Array((groups + Array(repeating: "", count: 9)).prefix(9)) + [command]
  }

  /// The number of groups: with an empty alternative the pattern matches the empty text, and shows them all. The line
  /// break keeps a comment at the pattern's end from swallowing the parenthesis.
  private static func groups(of pattern: String, entry: Int) throws(WhitelistFault) -> Int {
    do {
      _ = try Regex(pattern)
      let shown = try Regex("(?:\(pattern)\n)|").wholeMatch(in: "")
      return min(9, (shown?.output.count ?? 1) - 1)
    } catch {
      throw .pattern(entry: entry, pattern: pattern, reason: "\(error)")
    }
  }
}

/// A command as the shell is given it: a program text that no caller can change, and the caller's words beside it.
package struct RealCommand: Sendable, Equatable {
  /// For `sh -c`; the words are its `${1}`, `${2}` ….
  package let program: String
  /// The caller's words, in the order of the parameters.
  package let arguments: [String]
  /// A file that must not be locked; nil for none.
  package let lock: String?
}
