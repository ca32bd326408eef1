import JobModel
import Wire

/// What becomes of every member of one document on its way from one dialect to another (law 2): computed from the two
/// mappings, the document and the job that was read from it.
package struct Accounting {
  /// One member and where it ended.
  package struct Item: Sendable, Equatable {
    /// A JSON pointer into the source document.
    package var path: String
    package var disposition: Disposition
    /// The hub field or column it fills, or `foreign` and its path where the hub has no word for it, as losses name it;
    /// nil for a mere container and for what others say.
    package var field: String?
  }

  let job: Job
  let target: Dialect
  /// Whether what the hub has no word for rides along sealed.
  let seals: Bool
  /// Dispositions by the name of a field, for everything that is lost.
  let losses: [String: Disposition]
  /// What the target really says of this job: bit n, slot n.
  let said: UInt64
  /// Where the target says a field.
  let targetPaths: [String: String]
  /// The document as the losses name it.
  let kind: String
  /// Paths, with `*` for a row, whose values the reader did not understand.
  let odd: Set<String>
  var items: [Item] = []

  /// Every member of `document`, which was read as `name` and is written as `target`, with its disposition. `losses` are
  /// those of the same job.
  package static func of(
    _ document: JSON, read job: Job, as name: String, from: Translation.Side, to: Translation.Side,
    written target: String,
    losses: [Loss], kind: String
  ) -> [Item] {
    guard let source = from.codec.dialect.documents[name], let reader = from.codec.reader(name) else { return [] }
    let dialect = to.codec.dialect
    var paths = Carried(dialect, target, profile: to.profile).paths
    if kind == "job" { paths.merge(Carried(dialect, "nodes", profile: to.profile).paths) { first, _ in first } }
    let beside = kind == "job" ? to.codec.writer("nodes", profile: to.profile)?.said(job).slots : nil
    let said = (to.codec.writer(target, profile: to.profile)?.said(job).slots ?? 0) | (beside ?? 0)
    let odd = job.unknown.map { reader.path(ofObject: $0.object) + "/" + job.decoded($0.key) }
    var accounting = Accounting(
      job: job, target: dialect, seals: dialect.isCanonical || dialect.name == from.codec.dialect.name,
      losses: Dictionary(losses.map { ($0.field, $0.disposition) }) { first, _ in first }, said: said,
      targetPaths: paths, kind: kind, odd: Set(odd))
    var json = document
    if let wrapped = source.rules.unwrap, let inner = json[wrapped], inner.members != nil {
      accounting.add("/" + Accounting.step(wrapped), .derived)
      json = inner
      accounting.object(source.members, json, "/" + Accounting.step(wrapped), "", row: nil)
    } else {
      accounting.object(source.members, json, "", "", row: nil)
    }
    return accounting.items
  }

  mutating func add(_ path: String, _ disposition: Disposition, _ field: String? = nil) {
    items.append(Item(path: path, disposition: disposition, field: field))
  }

  /// A member and everything inside it, with one disposition.
  mutating func whole(_ value: JSON, _ path: String, _ disposition: Disposition, _ field: String? = nil) {
    add(path, disposition, field)
    inside(value, path, disposition, field)
  }

  mutating func inside(_ value: JSON, _ path: String, _ disposition: Disposition, _ field: String?) {
    for member in value.members ?? [] {
      whole(member.value, path + "/" + Accounting.step(member.name), disposition, field)
    }
    for (index, element) in (value.elements ?? []).enumerated() {
      inside(element, path + "/\(index)", disposition, field)
    }
  }

  /// A step of a JSON pointer (RFC 6901).
  static func step(_ name: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": text.append(contentsOf: "~0".unicodeScalars)
      case "/": text.append(contentsOf: "~1".unicodeScalars)
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}
