import Yams

/// The place of a node: line and column, from 1.
package typealias Mark = Yams.Mark

extension Spec {
  /// The root of a YAML text; complains with a place when it cannot be read.
  package static func root(of text: String, _ report: Report) -> Spec? {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        report.add(nil, "the file is empty")
        return nil
      }
      return Spec(node: node, report: report)
    } catch let fault as YamlError {
      switch fault {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        report.add(mark, "this is no YAML: \(problem)")
      case .duplicatedKeysInMapping(let keys, let context):
        report.add(context.mark, "a key comes twice: \(keys.sorted().joined(separator: ", "))")
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
