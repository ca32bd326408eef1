import JobModel
import Mapping
import Wire

/// Law 2: every member of a document has one disposition, the losses say the same, and it is true.
struct AccountingLaw {
  var dialects = Dialects.shipped
  /// The dispositions of a document; the product's own, unless a fault is planted.
  var account: (JSON, Job, String, Translation.Side, Translation.Side, String, [Loss], String) -> [Accounting.Item] = {
    Accounting.of($0, read: $1, as: $2, from: $3, to: $4, written: $5, losses: $6, kind: $7)
  }

  func check(_ from: Spoken, _ to: Spoken, _ what: String, _ document: JSON) -> String? {
    let (here, there) = (dialects.side(from.dialect, from.profile), dialects.side(to.dialect, to.profile))
    var text = document.compact
    let name = text.withUTF8 { here.codec.document(what, of: UnsafeRawBufferPointer($0)) }
    guard let reader = here.codec.reader(name), let job = Job.read(document.compact, with: reader) else { return nil }
    job.set(.publicURL, text: "https://gateway.example.com")
    job.set(.account, text: "site")
    let target = there.codec.document(what, for: job.kind)
    guard let writer = there.codec.writer(target, profile: to.profile) else { return "no writer" }
    let beside = what == "job" ? there.codec.writer("nodes", profile: to.profile) : nil
    let losses = Losses(
      from: here.codec.dialect, to: there.codec.dialect, writer: writer, document: what, beside: beside
    ).of(job, reader: reader)
    let items = account(document, job, name, here, there, target, losses, what)
    if let what = total(items, document) ?? agrees(items, losses) { return what }
    // In its own dialect a document arrives as a whole, seals and all: law 1.
    if from.dialect == to.dialect { return nil }
    return arrived(items, job, writer.document(job), beside?.document(job), there, target)
  }

  /// Every member once, and nothing else.
  private func total(_ items: [Accounting.Item], _ document: JSON) -> String? {
    let expected = paths(document, "")
    let found = items.map(\.path)
    let missing = Set(expected).subtracting(found)
    if let path = missing.min() { return "no disposition for \(path)" }
    if let path = Set(found).subtracting(expected).min() { return "a disposition for \(path), which is not there" }
    return found.count == expected.count ? nil : "two dispositions for one member"
  }

  private func paths(_ value: JSON, _ path: String) -> [String] {
    let inside = (value.elements ?? []).enumerated().flatMap { paths($0.element, path + "/\($0.offset)") }
    return inside
      + (value.members ?? []).flatMap { member -> [String] in
        let here = path + "/" + Self.step(member.name)
        return [here] + paths(member.value, here)
      }
  }

  static func step(_ name: String) -> String {
    name.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
  }

  /// What is lost is said to be lost, the same way on both sides.
  private func agrees(_ items: [Accounting.Item], _ losses: [Loss]) -> String? {
    for item in items where item.disposition.isLoss {
      guard losses.contains(where: { $0.field == item.field && $0.disposition == item.disposition }) else {
        return "\(item.path) is \(item.disposition), and no loss says so (\(item.field ?? "no field"))"
      }
    }
    for loss in losses where !items.contains(where: { $0.field == loss.field && $0.disposition == loss.disposition }) {
      return "the loss of \(loss.field) belongs to no member"
    }
    return nil
  }

  /// What has arrived can be read from the target again; what can is not said to be lost.
  private func arrived(
    _ items: [Accounting.Item], _ job: Job, _ written: JSON, _ beside: JSON?, _ to: Translation.Side,
    _ target: String
  ) -> String? {
    // A request that needs a phrasebook is not one of the target's yet.
    guard let back = Job.read(written.compact, with: to.codec.reader(target)) else { return nil }
    if let beside, let reader = to.codec.reader("nodes") {
      var text = beside.compact
      do { try text.withUTF8 { try reader.read(UnsafeRawBufferPointer($0), into: back) } } catch { return "refused" }
    }
    for item in items where item.disposition == .kept || item.disposition == .renamed {
      guard let field = item.field.flatMap({ Field(name: $0) }), Table(field) == nil else { continue }
      if field == .phase || field == .kind { continue }
      let (one, other) = (job.shown(field), back.shown(field))
      if one != other, !shows(written, job.text(field) ?? "") {
        return "\(item.path) is \(item.disposition), but \(one) came back as \(other)"
      }
    }
    return nil
  }
}

/// Whether a text stands somewhere in a document.
private func shows(_ value: JSON, _ text: String) -> Bool {
  if let own = value.stringValue { return own.utf8.elementsEqual(text.utf8) }
  return (value.elements ?? []).contains { shows($0, text) } || (value.members ?? []).contains { shows($0.value, text) }
}

extension Job {
  /// What a field holds, for comparing.
  func shown(_ field: Field) -> String {
    guard has(field) else { return isNull(field) ? "null" : "absent" }
    switch field.form {
    case .text, .number: return text(field).map { "\(field.form) \(Array($0.utf8))" } ?? ""
    case .json: return json(field).map { parsed($0).compact } ?? ""
    case .texts: return "\((texts(field) ?? []).map { Array($0.utf8) })"
    case .rows: return rowsShown(Table(field) ?? .nodes)
    default: return "\(self[slot: Int(field.rawValue)])"
    }
  }

  /// Every cell of a table that is filled, and every null.
  func rowsShown(_ table: Table) -> String {
    let span = rows(table)
    return (0..<span.count).map { number in
      let base = span.start + number * table.width
      return table.columns.enumerated().map { index, column in
        guard has(row: base, index) else { return isNull(row: base, index) ? "null" : "-" }
        let cell = cell(row: base, index)
        switch column.form {
        case .text, .number, .json: return "\(Array(decoded(Text(cell: cell)).utf8))"
        default: return "\(cell)"
        }
      }.joined(separator: " ")
    }.joined(separator: "\n")
  }
}
