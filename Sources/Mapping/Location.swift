import JobModel

extension Dialect {
  /// A template as a header says it: the pieces filled from a job; nil when one is missing.
  package func text(_ pieces: [Piece], of job: Job, _ codes: JobIDs) -> String? {
    guard !pieces.isEmpty else { return nil }
    var result = ""
    for piece in pieces {
      switch piece {
      case .literal(let text): result += text
      case .value(.slot(.id)):
        guard let id = job.text(.id).flatMap({ outerID($0, codes) }) else { return nil }
        result += id
      case .value(.slot(let field)):
        guard let text = job.text(field) else { return nil }
        result += text
      case .value(.column): return nil
      }
    }
    return result
  }

  /// A job's id as this dialect spells it in paths; nil when its form cannot hold it.
  package func outerID(_ id: String, _ codes: JobIDs) -> String? {
    let isNumber = !id.isEmpty && id.utf8.count < 19 && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    switch ids.first {
    case .hex?: return isNumber ? UInt64(id).map { codes.hex($0) } : JobIDs.isHex(Array(id.utf8)) ? id : nil
    case .number?, .digits?: return isNumber ? id : nil
    case .text?, nil: return id
    }
  }
}
