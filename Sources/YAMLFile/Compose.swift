import Yams

extension Spec {
  /// The root of a YAML text; complains with a place when it cannot be read.
  package static func root(of text: String, _ report: Report) -> Spec? {
    do {
      // Words are words: what they mean is up to whoever asks, and no scalar is held against the patterns of types.
      guard let node = try Yams.compose(yaml: text, .basic) else {
        report.add(nil, "the file is empty")
        return nil
      }
      return Spec(node: node, report: report)
    } catch let fault as YamlError {
      switch fault {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        report.add(Mark(mark), "this is no YAML: \(problem)")
      case .duplicatedKeysInMapping(let keys, let context):
        for key in keys.sorted() {
          report.add(second(key, in: text, from: Mark(context.mark)), "a key comes twice: \(key)")
        }
      default: report.add(nil, "this is no YAML: \(fault)")
      }
    } catch {
      report.add(nil, "this is no YAML: \(error)")
    }
    return nil
  }

  /// Throws what the report has gathered, in the order of the file.
  package static func settle(_ report: Report) throws(FileFault) {
    guard !report.diagnostics.isEmpty else { return }
    throw FileFault(diagnostics: report.diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
  }
}

/// Where a key of a block mapping comes for the second time; the mapping's own place where that cannot be seen.
private func second(_ key: String, in text: String, from mark: Mark?) -> Mark? {
  guard let mark else { return nil }
  let indentation = String(repeating: " ", count: mark.column - 1)
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  var seen = 0
  for (number, line) in lines.enumerated().dropFirst(mark.line - 1) {
    if !line.isEmpty, !line.hasPrefix(indentation), !line.hasPrefix("#") { break }
    guard line.hasPrefix(indentation + key + ":") else { continue }
    seen += 1
    if seen == 2 { return Mark(line: number + 1, column: mark.column) }
  }
  return mark
}
