import JobModel
import Wire

/// Says what is wrong with the body of a request, in the order and in the words of its platform. Slow on purpose: it is
/// asked only once something is known to be wrong, and the first row of the mapping that fails decides.
struct Judge {
  let document: Document

  /// The fault of a body that the reader found odd.
  func judge(_ text: String) -> Fault {
    let keep: JSON.Duplicates = document.rules.duplicates == .first ? .firstWins : .lastWins
    guard let parsed = try? JSON(parsing: text, duplicates: .keep),
      var json = try? JSON(parsing: text, duplicates: keep)
    else { return Fault(.malformed, "the body is no JSON") }
    guard json.members != nil else { return Fault(.invalid, document.rules.notObject ?? "the body must be an object") }
    if let name = document.rules.unwrap, let inner = json[name], inner.members != nil { json = inner }
    return types(document.members, json, "") ?? unknown(document.members, json, "")
      ?? contents(document.members, json, parsed, "") ?? repeated(parsed)
      ?? Fault(.invalid, "the body is not what this operation takes")
  }

  private func types(_ members: [Member], _ json: JSON, _ path: String) -> Fault? {
    for member in members {
      guard let variant = member.variants.first else { continue }
      let here = path + "/" + member.key
      let value = ([member.key] + variant.also).lazy.compactMap { json[$0] }.first
      guard let value, !(value.isNull && !document.rules.nullIsWrong) else {
        if variant.required { return fault(variant, "wrong", here) }
        continue
      }
      if !fits(value, variant) { return fault(variant, "wrong", here) }
      if case .object(let inner, _) = variant.value {
        if variant.oneOf {
          let present = inner.filter { json[member.key]?[$0.key].map { !$0.isNull } ?? false }
          if present.count != 1 { return fault(variant, "wrong", here) }
        }
        if let found = types(inner, value, here) { return found }
      }
    }
    return nil
  }

  private func fault(_ variant: Variant, _ rule: String, _ path: String) -> Fault {
    Fault(.invalid, variant.says[rule] ?? "\(path.dropFirst()) is not what this operation takes", field: path)
  }

  private func fits(_ value: JSON, _ variant: Variant) -> Bool {
    switch variant.value {
    case .object, .group: return value.members != nil
    case .each, .foreign, .lone: return value.elements != nil
    case .field(_, let format, _, _): return fits(value, format, variant)
    default: return true
    }
  }

  private func fits(_ value: JSON, _ format: Format, _ variant: Variant) -> Bool {
    switch format {
    case .shellWord: return value.stringValue.flatMap(variant.frame.inside).flatMap(ShellWord.text) != nil
    case .hostList: return value.stringValue.flatMap { HostList.names($0) } != nil
    case .text, .hex, .inlineFile, .word, .iso8601, .iso8601Millis, .rfc1123: return value.stringValue != nil
    case .number, .whole, .idNumber, .idDigits, .numberText, .epochSeconds, .epochMillis, .minutes:
      let digits = format == .idDigits || format == .numberText ? value.stringValue : value.digits
      let quoted = variant.loose || format == .idNumber ? value.stringValue ?? value.digits : nil
      return (digits ?? quoted).map { Int64($0) != nil && $0.first != "+" } ?? false
    case .bool: return value.boolValue != nil
    case .json: return !variant.mustBeObject || value.members != nil
    case .strings: return value.members?.allSatisfy { $0.value.stringValue != nil } ?? false
    case .flat: return value.members?.allSatisfy { $0.value.members == nil && $0.value.elements == nil } ?? false
    case .names: return value.elements?.allSatisfy { $0.stringValue != nil } ?? false
    case .textOrFirst: return value.stringValue != nil || value.elements?.first?.stringValue != nil
    }
  }

  private func unknown(_ members: [Member], _ json: JSON, _ path: String) -> Fault? {
    guard let text = document.rules.unknownMember else { return nil }
    let known = Set(members.flatMap { [$0.key] + ($0.variants.first?.also ?? []) })
    for member in json.members ?? [] {
      if !known.contains(member.name) { return Fault(.invalid, text, field: path + "/" + member.name) }
      guard let variant = members.first(where: { $0.key == member.name })?.variants.first,
        case .object(let inner, _) = variant.value
      else { continue }
      if let found = unknown(inner, member.value, path + "/" + member.name) { return found }
    }
    return nil
  }

  /// Rules about what values hold, each over all members before the next.
  private func contents(_ members: [Member], _ json: JSON, _ kept: JSON, _ path: String) -> Fault? {
    for rule in ["empty", "repeated", "prefix", "undecodable", "long"] {
      if let found = content(rule, members, json, kept, path) { return found }
    }
    return nil
  }

  private func content(_ rule: String, _ members: [Member], _ json: JSON, _ kept: JSON, _ path: String) -> Fault? {
    for member in members {
      guard let variant = member.variants.first, let value = json[member.key] else { continue }
      let here = path + "/" + member.key
      if case .object(let inner, _) = variant.value {
        if let found = content(rule, inner, value, kept[member.key] ?? value, here) { return found }
        continue
      }
      guard variant.says[rule] != nil else { continue }
      let broken: Bool
      switch rule {
      case "empty": broken = value.elements?.isEmpty ?? false
      case "repeated":
        let names = kept[member.key]?.members?.map(\.name) ?? []
        broken = Set(names).count < names.count
      default: broken = value.stringValue.flatMap { InlineFile.fault($0) } == rule
      }
      if broken { return fault(variant, rule, here) }
    }
    return nil
  }

  private func repeated(_ kept: JSON) -> Fault? {
    guard document.rules.duplicates == .refuse else { return nil }
    let names = kept.members?.map(\.name) ?? []
    guard let twice = Dictionary(grouping: names, by: { $0 }).first(where: { $0.value.count > 1 }) else { return nil }
    return Fault(.invalid, "the member comes twice", field: "/" + twice.key)
  }
}
