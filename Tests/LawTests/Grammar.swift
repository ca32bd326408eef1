import JobModel
import Mapping
import Wire

/// Makes documents of one kind as a platform might send them, by walking the mapping's own document: members present,
/// absent, null or of an odd type, words of every sort, members that nobody knows.
struct Grammar {
  let dialect: Dialect
  let profile: String
  /// Also values of other types than the platform documents, and members nobody knows.
  var wild = true
  /// Bare documents for requests: everything as the platform takes it.
  var isStrict: Bool { !wild }

  func document(_ name: String, _ dice: inout Dice) -> JSON {
    guard let document = dialect.documents[name] else { return .null }
    if let choose = document.choose { return self.document(dice.pick([choose.then, choose.otherwise]), &dice) }
    if let list = document.list, document.members.isEmpty {
      return .array((0..<dice.below(4)).map { _ in self.document(list, &dice) })
    }
    return object(document.members, depth: 0, list: document.list, &dice)
  }

  func object(_ members: [Member], depth: Int, list: String? = nil, _ dice: inout Dice) -> JSON {
    var found: [JSON.Member] = []
    for member in members {
      let variants = member.variants.filter { $0.profiles?.contains(profile) ?? true }
      guard let variant = variants.first ?? (wild && dice.once(in: 4) ? member.variants.first : nil) else { continue }
      if !variant.required || wild, dice.once(in: 5) { continue }
      if isStrict {
        found.append(JSON.Member(member.key, value(variant, depth: depth, list: list, &dice)))
      } else {
        found.append(JSON.Member(member.key, loose(variant, depth: depth, list: list, &dice)))
      }
    }
    if wild, depth < 3, dice.once(in: 3) {
      let names = Set(members.map { Array($0.key.utf8) })
      for _ in 0...dice.below(2) {
        let name =
          dice.once(in: 2) ? dice.text() : dice.pick(["enterprise", "noop", "a/b", "a~1", "~", "", "\u{301}x", "é"])
        let known = names.contains(Array(name.utf8)) || found.contains { $0.name.utf8.elementsEqual(name.utf8) }
        if !known { found.append(JSON.Member(name, dice.json(size: 1 + dice.below(6)))) }
      }
    }
    if dice.once(in: 3) { found.shuffle(using: &dice) }
    return .object(found)
  }

  private func loose(_ variant: Variant, depth: Int, list: String?, _ dice: inout Dice) -> JSON {
    switch dice.below(40) {
    case 0, 1, 2: .null
    case 3: dice.json(size: 1 + dice.below(5))
    default: value(variant, depth: depth, list: list, &dice)
    }
  }

  private func value(_ variant: Variant, depth: Int, list: String?, _ dice: inout Dice) -> JSON {
    if let unset = variant.unset, dice.once(in: 4) { return parsed(unset) }
    switch variant.value {
    case .field(let target, let format, let words, let peeks):
      return scalar(target, format, words, peeks, variant, &dice)
    case .object(let members, _):
      guard variant.oneOf else { return object(members, depth: depth + 1, &dice) }
      return object([dice.pick(members)].map { Grammar.required($0) }, depth: depth + 1, &dice)
    case .lone(let members):
      var entries = wild && dice.once(in: 8) ? [] : [object(members, depth: depth + 1, &dice)]
      if wild, dice.once(in: 12) { entries.append(dice.json(size: 1)) }
      return .array(entries)
    case .each(_, let members):
      var rows = (0..<dice.below(4)).map { _ in object(members, depth: depth + 1, &dice) }
      if wild, dice.once(in: 12) { rows.append(dice.json(size: 1)) }
      return .array(rows)
    case .group: return group(&dice)
    case .count: return .number("\(dice.below(5))")
    case .counts: return .object(keys(&dice).map { JSON.Member($0, .number("\(1 + dice.below(4))")) })
    case .const(let json): return dice.once(in: 4) ? dice.json(size: 1) : parsed(json)
    case .template(let pieces, _): return .string(text(pieces, &dice))
    case .foreign: return .array((0..<dice.below(3)).map { _ in foreign(&dice) })
    case .entries: return .array((0..<dice.below(4)).map { _ in document(list ?? "", &dice) })
    }
  }

  static func required(_ member: Member) -> Member {
    var copy = member
    for index in copy.variants.indices { copy.variants[index].required = true }
    return copy
  }

  private func group(_ dice: inout Dice) -> JSON {
    var groups: [JSON.Member] = []
    for key in keys(&dice) {
      var names = (0..<dice.below(3)).map { _ in JSON.string(dice.name()) }
      if wild, dice.once(in: 30) { names.append(dice.json(size: 1)) }
      groups.append(JSON.Member(key, wild && dice.once(in: 40) ? dice.json(size: 1) : .array(names)))
    }
    return .object(groups)
  }

  private func keys(_ dice: inout Dice) -> [String] {
    let words = dialect.words("node", profile: profile)?.read.map(\.word) ?? ["pending"]
    var found: [String] = []
    for _ in 0..<dice.below(4) {
      let word = dice.once(in: 15) ? dice.text() : dice.pick(words)
      if !found.contains(where: { $0.utf8.elementsEqual(word.utf8) }) { found.append(word) }
    }
    return found
  }

  private func foreign(_ dice: inout Dice) -> JSON {
    .object([
      JSON.Member("dialect", .string(dice.pick(["pushy", "xplenty", "slurm"]))),
      JSON.Member("document", .string("job")),
      JSON.Member("path", .string("/" + dice.pick(["command", "x", "status"]))),
      JSON.Member("value", dice.json(size: 2)),
    ])
  }

  private func text(_ pieces: [Piece], _ dice: inout Dice) -> String {
    if wild, dice.once(in: 8) { return dice.text() }
    return pieces.map { piece in
      switch piece {
      case .literal(let text): return text
      case .value(.slot(.publicURL)): return "https://gateway.example.com"
      case .value(.slot(.account)): return "site"
      case .value(.slot(.id)): return dice.id(dialect.ids.first ?? .text)
      case .value: return dice.name()
      }
    }.joined()
  }
}
