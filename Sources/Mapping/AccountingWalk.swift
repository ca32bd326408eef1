import JobModel
import Wire

/// The walk along a document and its mapping, side by side.
extension Accounting {
  /// `general` is the path with `*` for a row, as losses have it; `row` the first cell of the row at hand.
  mutating func object(_ members: [Member], _ json: JSON, _ path: String, _ general: String, row: Int?) {
    for found in json.members ?? [] {
      let here = path + "/" + Accounting.step(found.name)
      let there = general + "/" + found.name
      let name = found.name
      let member = members.first { member in
        member.key.utf8.elementsEqual(name.utf8) || member.variants.contains { $0.also.contains(name) }
      }
      guard let member, let variant = member.variants.first(where: { !$0.oneWay }) ?? member.variants.first else {
        whole(found.value, here, seals ? .carried : .dropped, "foreign \(there)")
        continue
      }
      if variant.oneWay {
        whole(found.value, here, .derived)
      } else {
        value(variant.value, found.value, here, there, row)
      }
    }
  }

  private mutating func value(_ value: Value, _ json: JSON, _ path: String, _ general: String, _ row: Int?) {
    if odd.contains(general), row == nil || !understood(value, json, row) {
      return misread(value, json, path, general, row)
    }
    switch value {
    case .field(let target, let format, _, let peeks): field(target, format, peeks, json, path, general, row)
    case .object(let members, _):
      add(path, json.isNull ? .defaulted : .derived)
      object(members, json, path, general, row: row)
    case .lone(let members): lone(members, json, path, general)
    case .each(let table, let members): rows(table, members, json, path, general)
    case .group: wholeGroup(json, path, general)
    case .template(let pieces, let reads): template(pieces, reads, json, path, general, row)
    case .count, .counts, .const, .entries: whole(json, path, .derived)
    case .foreign: whole(json, path, .carried)
    }
  }

  /// Whether the row at hand took in this value; other rows may not have.
  private func understood(_ value: Value, _ json: JSON, _ row: Int?) -> Bool {
    if case .object = value { return json.members != nil || json.isNull }
    if case .lone = value { return json.elements.map { $0.first?.members != nil && $0.count == 1 } ?? json.isNull }
    guard let row, case .field(let target, _, _, _) = value, case .column(_, let column) = target else { return false }
    guard job.has(row: row, column) else { return json.isNull }
    switch target.form {
    case .text, .word: return json.stringValue != nil || json.isNull
    case .number: return json.digits != nil || json.isNull
    default: return true
    }
  }

  /// A value that the reader passed over, in part or as a whole.
  private mutating func misread(_ value: Value, _ json: JSON, _ path: String, _ general: String, _ row: Int?) {
    let name = "foreign \(general)"
    let found: Disposition = seals ? .carried : .narrowed
    switch (value, json) {
    case (.group, .object):
      let lost = losses["job.nodes"]
      add(path, lost ?? found, lost == nil ? name : "job.nodes")
      groups(json, path, general)
    case (.each(let table, let members), .array):
      let lost = losses[table.field.name]
      add(path, lost ?? found, lost == nil ? name : table.field.name)
      each(table, members, json, path, general)
    default: whole(json, path, seals ? .carried : .dropped, name)
    }
  }

  private mutating func lone(_ members: [Member], _ json: JSON, _ path: String, _ general: String) {
    add(path, json.isNull ? .defaulted : .derived)
    if let first = json.elements?.first { object(members, first, path + "/0", general + "/0", row: nil) }
  }

  private mutating func field(
    _ target: Target, _ format: Format, _ peeks: [Peek], _ json: JSON, _ path: String, _ general: String, _ row: Int?
  ) {
    guard !json.isNull else { return add(path, .defaulted, target.name) }
    let found = disposition(target, general, row)
    let name = lostTable(target)?.name ?? target.name
    guard !peeks.isEmpty, let members = json.members else { return whole(json, path, found, name) }
    add(path, found, name)
    for member in members {
      let inner = path + "/" + Accounting.step(member.name)
      let peek = peeks.first { $0.key.utf8.elementsEqual(member.name.utf8) }
      if let peek, found.isLoss, holds(peek.target, row) {
        let name = lostTable(peek.target)?.name ?? peek.target.name
        whole(member.value, inner, disposition(peek.target, general + "/" + member.name, row), name)
      } else {
        whole(member.value, inner, found, name)
      }
    }
  }

  private func holds(_ target: Target, _ row: Int?) -> Bool {
    switch target {
    case .slot(let field): job.has(field)
    case .column(_, let column): row.map { job.has(row: $0, column) } ?? false
    }
  }

  private mutating func template(
    _ pieces: [Piece], _ reads: Field?, _ json: JSON, _ path: String, _ general: String, _ row: Int?
  ) {
    if let reads { return add(path, json.isNull ? .defaulted : disposition(.slot(reads), general, row), reads.name) }
    if pieces.count == 1, case .value(let target) = pieces[0], target.form == .text {
      return field(target, .text, [], json, path, general, row)
    }
    whole(json, path, .derived)
  }

  /// The table of a column, when all of it is lost.
  private func lostTable(_ target: Target) -> Field? {
    guard case .column(let table, _) = target, losses[table.field.name] != nil else { return nil }
    return table.field
  }

  /// What becomes of a value that the hub has taken in.
  private func disposition(_ target: Target, _ general: String, _ row: Int?) -> Disposition {
    if let table = lostTable(target), let lost = losses[table.name] { return lost }
    if let lost = losses[target.name] { return lost }
    guard holds(target, row) else { return seals ? .carried : .derived }
    if case .slot(let field) = target, said & (1 << UInt64(field.rawValue)) == 0, !self.target.isCanonical {
      return self.target.cannot[target.name]?.reason(for: kind) == "derived" ? .derived : .defaulted
    }
    if let place = targetPaths[target.name] { return place == general ? .kept : .renamed }
    if self.target.cannot[target.name]?.reason(for: kind) == "derived" { return .derived }
    return .defaulted
  }

  private mutating func rows(_ table: Table, _ members: [Member], _ json: JSON, _ path: String, _ general: String) {
    guard json.elements != nil else { return add(path, .defaulted, table.field.name) }
    add(
      path, losses[table.field.name] ?? (targetPaths[table.field.name] == general ? .kept : .renamed), table.field.name)
    each(table, members, json, path, general)
  }

  private mutating func each(_ table: Table, _ members: [Member], _ json: JSON, _ path: String, _ general: String) {
    let span = job.rows(table)
    var index = 0
    for (number, element) in (json.elements ?? []).enumerated() {
      guard element.members != nil, index < span.count else {
        let lost = losses[table.field.name]
        let how: Disposition = seals ? .carried : lost ?? .narrowed
        inside(element, path + "/\(number)", how, lost == nil ? "foreign \(general)" : table.field.name)
        continue
      }
      object(members, element, path + "/\(number)", general + "/*", row: span.start + index * table.width)
      index += 1
    }
  }

  /// A group that may also be no object at all.
  private mutating func wholeGroup(_ json: JSON, _ path: String, _ general: String) {
    add(path, json.members == nil ? .defaulted : ofNodes(general).0, ofNodes(general).1)
    groups(json, path, general)
  }

  /// What becomes of nodes that are told by their phases.
  private func ofNodes(_ general: String) -> (Disposition, String) {
    if let lost = losses["job.nodes"] { return (lost, "job.nodes") }
    if let lost = losses["node.phase"] { return (lost, "node.phase") }
    if said & (1 << UInt64(Field.nodes.rawValue)) == 0, !target.isCanonical { return (.derived, "job.nodes") }
    return (targetPaths["job.nodes"] == general ? .kept : .renamed, "job.nodes")
  }

  /// A member a word, each a list of node names.
  private mutating func groups(_ json: JSON, _ path: String, _ general: String) {
    let found = ofNodes(general)
    for member in json.members ?? [] {
      let here = path + "/" + Accounting.step(member.name)
      let misfit = losses["job.nodes"] == nil ? "foreign \(general)" : "job.nodes"
      let how: Disposition = seals ? .carried : losses["job.nodes"] ?? .narrowed
      guard let elements = member.value.elements else {
        whole(member.value, here, how, misfit)
        continue
      }
      add(here, found.0, found.1)
      for (index, element) in elements.enumerated() where element.stringValue == nil {
        inside(element, here + "/\(index)", how, misfit)
      }
    }
  }
}
