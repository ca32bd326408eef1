import JobModel
import Mapping
import Phrasebook

/// Which of a site's phrases turn work of one dialect into work of another.
struct PhraseTable {
  private let phrasebook: Phrasebook

  init(_ phrasebook: Phrasebook) { self.phrasebook = phrasebook }

  /// A line a phrase that begins on the one side: its words there and here, or that it has none here.
  func text(from: Codec, to: Codec) -> String {
    let common = from.kinds.intersection(to.kinds)
    var lines = ["", "phrases, \(from.dialect.name) to \(to.dialect.name):"]
    if !common.isEmpty {
      lines.append("  \(names(common)): asked for in the same words; no phrase is needed")
    }
    var count = 0
    for phrase in phrasebook.phrases {
      let asked = phrase.kinds.intersection(from.kinds).subtracting(to.kinds)
      guard let first = WorkKind.allCases.first(where: asked.contains) else { continue }
      let said = WorkKind.allCases.first { phrase.kinds.contains($0) && to.kinds.contains($0) }
      let words = said.map { "\($0.name) \(PhraseTable.words(phrase, $0))" } ?? "no words for \(names(to.kinds))"
      lines.append("  \(first.name) \(PhraseTable.words(phrase, first)) -> \(words)")
      count += 1
    }
    if count == 0, common.isEmpty {
      lines.append("  none: everything that \(from.dialect.name) asks for is refused on \(to.dialect.name)")
    }
    return lines.joined(separator: "\n")
  }

  private func names(_ kinds: Set<WorkKind>) -> String {
    WorkKind.allCases.filter(kinds.contains).map(\.name).joined(separator: ", ")
  }

  private static func words(_ phrase: Phrase, _ kind: WorkKind) -> String {
    switch kind {
    case .command: phrase.command?.text ?? ""
    case .converge: phrase.converge?.text ?? ""
    case .task: (phrase.task?.name.text ?? "") + pairs(phrase.task?.parameters ?? [])
    case .package:
      (phrase.package?.id.text ?? "") + (phrase.package?.cluster.map { " on cluster \($0.text)" } ?? "")
        + (phrase.package?.variablesAreEnvironment ?? false ? " (variables: environment)" : "")
        + pairs(phrase.package?.variables ?? [])
    }
  }

  private static func pairs(_ pairs: [(name: String, value: Pattern)]) -> String {
    pairs.isEmpty ? "" : " (" + pairs.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + ")"
  }
}
