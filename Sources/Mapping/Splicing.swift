import JobModel
import Wire

/// A platform's own document, passed on as it came but for declared spans: ids and addresses that must be the gateway's
/// (law 3). Spaces, the order of members, escapes and digits stay as they are.
package struct Splicing: Sendable {
  /// What stands for what: the job's id and the account, there and here.
  package struct Names: Sendable {
    package var theirID: String
    package var ourID: String
    package var theirAccount: String
    package var ourAccount: String
    /// What stands before paths in the platform's addresses, behind the host; and the gateway's whole address.
    package var base: String
    package var publicURL: String
    /// How the platform's own addresses begin: scheme, host and port.
    package var origins: [String]

    /// Ids are spelt as they stand in paths.
    package init(
      theirID: String, ourID: String, theirAccount: String, ourAccount: String, base: String, publicURL: String,
      origins: [String]
    ) {
      self.theirID = theirID
      self.ourID = ourID
      self.theirAccount = theirAccount
      self.ourAccount = ourAccount
      self.base = base
      self.publicURL = publicURL
      self.origins = origins
    }
  }

  private let document: Document

  /// For documents of one kind.
  package init(_ document: Document) { self.document = document }

  /// The document with its spans replaced; nil when it is no JSON object.
  package func splice(_ body: UnsafeRawBufferPointer, _ names: Names) -> [UInt8]? {
    guard let edits = edits(body, names) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(body.count + 64)
    var at = 0
    for edit in edits {
      result += body[at..<edit.range.lowerBound]
      result += edit.text.utf8
      at = edit.range.upperBound
    }
    result += body[at...]
    return result
  }

  private struct Edit {
    var range: Range<Int>
    var text: String
  }

  private func edits(_ body: UnsafeRawBufferPointer, _ names: Names) -> [Edit]? {
    var tokens = Tokens(body)
    var found: [Edit] = []
    object(document.members, &tokens, body, names, &found)
    tokens.end()
    return tokens.fault == nil ? found : nil
  }

  private func object(
    _ members: [Member], _ tokens: inout Tokens, _ body: UnsafeRawBufferPointer, _ names: Names, _ found: inout [Edit]
  ) {
    tokens.expect(0x7B)
    if tokens.take(0x7D) { return }
    repeat {
      let key = tokens.string()
      tokens.expect(0x3A)
      guard tokens.fault == nil else { return }
      let bytes = body[key.start..<key.start + key.length]
      value(members.first { $0.key.utf8.elementsEqual(bytes) }, &tokens, body, names, &found)
    } while tokens.take(0x2C)
    tokens.expect(0x7D)
  }

  private func value(
    _ member: Member?, _ tokens: inout Tokens, _ body: UnsafeRawBufferPointer, _ names: Names, _ found: inout [Edit]
  ) {
    let next = tokens.peek()
    if next == 0x7B || next == 0x5B, member.map(Splicing.hasParts) ?? true {
      let inner = member.map(Splicing.parts) ?? []
      guard next == 0x5B else { return object(inner, &tokens, body, names, &found) }
      tokens.expect(0x5B)
      if tokens.take(0x5D) { return }
      repeat {
        if tokens.peek() == 0x7B {
          object(inner, &tokens, body, names, &found)
        } else {
          value(nil, &tokens, body, names, &found)
        }
      } while tokens.fault == nil && tokens.take(0x2C)
      return tokens.expect(0x5D)
    }
    let text = tokens.skip()
    guard tokens.fault == nil else { return }
    let range = text.start..<text.start + text.length
    let old = String(decoding: body[range], as: UTF8.self)
    let new = member.map { Splicing.replaced(old, $0, names) } ?? Splicing.moved(old, names)
    if let new, new != old { found.append(Edit(range: range, text: new)) }
  }

  /// Whether a member's value is made of members that the mapping names; what a caller gave as JSON is the caller's.
  private static func hasParts(_ member: Member) -> Bool {
    member.variants.contains { variant in
      switch variant.value {
      case .object, .each: true
      default: false
      }
    }
  }

  private static func parts(_ member: Member) -> [Member] {
    for variant in member.variants {
      switch variant.value {
      case .object(let inner, _), .each(_, let inner): return inner
      default: continue
      }
    }
    return []
  }

  /// An address on the platform itself in a member that no mapping knows.
  private static func moved(_ json: String, _ names: Names) -> String? {
    guard names.origins.contains(where: { json.hasPrefix("\"" + $0) }),
      let text = (try? JSON(parsing: json, duplicates: .lastWins))?.stringValue, let url = address(text, names)
    else { return nil }
    return JSON.string(url).compact
  }

  /// What stands here instead of a value, as JSON; nil when it stays.
  private static func replaced(_ json: String, _ member: Member, _ names: Names) -> String? {
    for variant in member.variants {
      switch variant.value {
      case .field(.slot(.id), _, _, _):
        let isText = json.hasPrefix("\"")
        guard (isText ? String(json.dropFirst().dropLast()) : json) == names.theirID else { continue }
        return isText ? JSON.string(names.ourID).compact : names.ourID
      case .template(let pieces, _) where pieces.contains(where: Splicing.isAddress):
        guard let text = (try? JSON(parsing: json, duplicates: .lastWins))?.stringValue,
          let url = Splicing.address(text, names)
        else { continue }
        return JSON.string(url).compact
      default: continue
      }
    }
    return nil
  }

  private static func isAddress(_ piece: Piece) -> Bool {
    if case .value(.slot(.publicURL)) = piece { true } else { false }
  }

  /// A platform's address as the gateway's: another host in front, the job's id and the account by their names here.
  private static func address(_ text: String, _ names: Names) -> String? {
    guard let scheme = text.firstRange(of: "://") else { return nil }
    let rest = text[scheme.upperBound...]
    var path = String(rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...])
    if !names.base.isEmpty, path.hasPrefix(names.base) { path.removeFirst(names.base.count) }
    let query = path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex
    let segments = path[..<query].split(separator: "/", omittingEmptySubsequences: false).map { segment in
      segment == names.theirID ? names.ourID : segment == names.theirAccount ? names.ourAccount : String(segment)
    }
    return names.publicURL + segments.joined(separator: "/") + path[query...]
  }
}
