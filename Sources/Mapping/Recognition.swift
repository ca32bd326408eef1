import JobModel
import YAMLFile

/// How one of a platform's own answers is told to be a fault, where the common meaning of its status is not enough. All
/// that it names must hold.
package struct Recognition: Sendable, Equatable {
  /// The fault that such an answer is.
  package var fault: Fault.Kind
  /// The status of the answer; nil: any.
  package var status: Int?
  /// What the answer may name as its kind; empty: anything.
  package var kinds: [String] = []
  /// How its text begins; nil: anyhow.
  package var begins: String?
  /// What was asked for; empty: anything.
  package var during: Set<Operation.Kind> = []

  /// How telling it is: the text says more than the kind, the kind more than the operation, that more than the status.
  var weight: Int {
    (begins == nil ? 0 : 8) + (kinds.isEmpty ? 0 : 4) + (during.isEmpty ? 0 : 2) + (status == nil ? 0 : 1)
  }

  /// Whether an answer is one of these.
  func fits(status: Int, kind: String?, text: String?, during operation: Operation.Kind) -> Bool {
    if let own = self.status, own != status { return false }
    if !kinds.isEmpty, !kinds.contains(kind ?? "") { return false }
    if let begins, !(text?.hasPrefix(begins) ?? false) { return false }
    return during.isEmpty || during.contains(operation)
  }

  /// Whether some answer could be both, and neither were the more telling.
  func clashes(with other: Recognition) -> Bool {
    weight == other.weight && fault != other.fault && status == other.status && begins == other.begins
      && (kinds.isEmpty || kinds.contains { other.kinds.contains($0) })
      && (during.isEmpty || !during.isDisjoint(with: other.during))
  }
}

/// Reads the `recognise` table of a mapping file.
struct RecognitionParser {
  let report: Spec.Report

  func read(_ root: Spec, into dialect: inout Dialect) {
    for entry in root["recognise"]?.entries("recognise") ?? [] {
      guard let fault = Fault.Kind(rawValue: entry.key) else {
        let known = Fault.Kind.allCases.map(\.rawValue)
        report.add(entry.mark, "'\(entry.key)' is no fault: \(suggestion(for: entry.key, among: known))")
        continue
      }
      for item in entry.value.items() {
        let found = recognition(item, fault, dialect)
        if found.weight == 0 { item.complain("say what tells this fault: status, kind, begins or during") }
        if let other = dialect.recognitions.first(where: { $0.clashes(with: found) }) {
          item.complain("no answer could tell '\(fault.rawValue)' from '\(other.fault.rawValue)': the same tells both")
        }
        dialect.recognitions.append(found)
      }
    }
  }

  private func recognition(_ spec: Spec, _ fault: Fault.Kind, _ dialect: Dialect) -> Recognition {
    spec.allow(["status", "kind", "begins", "during"], in: "an answer to recognise")
    var found = Recognition(fault: fault)
    found.status = spec["status"]?.integer("status")
    if let status = found.status, !(100...599).contains(status) {
      spec["status"]?.complain("\(status) is no HTTP status")
    }
    found.kinds = spec["kind"]?.texts("a kind") ?? []
    found.begins = spec["begins"]?.text("the beginning of a text")
    let operations = Operation.Kind.allCases.map(\.rawValue)
    found.during = Set(
      spec["during"]?.items().compactMap { $0.choice("operation", of: operations).flatMap(Operation.Kind.init) } ?? [])
    let read = Carried(dialect, "fault").names
    for (key, field) in [("kind", Field.faultKind), ("begins", .faultText)] where spec[key] != nil {
      if !read.contains(field.name) {
        spec.complain(key: key, "the document 'fault' does not read '\(field.name)', which '\(key)' looks at")
      }
    }
    return found
  }
}
