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

    /// Ids are spelt as they stand in paths.
    package init(
      theirID: String, ourID: String, theirAccount: String, ourAccount: String, base: String, publicURL: String
    ) {
      self.theirID = theirID
      self.ourID = ourID
      self.theirAccount = theirAccount
      self.ourAccount = ourAccount
      self.base = base
      self.publicURL = publicURL
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
    for variant in member?.variants ?? [] {
      switch variant.value {
      case .object(let inner, _) where tokens.peek() == 0x7B:
        return object(inner, &tokens, body, names, &found)
      case .each(_, let inner) where tokens.peek() == 0x5B:
        tokens.expect(0x5B)
        if tokens.take(0x5D) { return }
        repeat {
          if tokens.peek() == 0x7B { object(inner, &tokens, body, names, &found) } else { _ = tokens.skip() }
        } while tokens.take(0x2C) && tokens.fault == nil
        return tokens.expect(0x5D)
      default: break
      }
    }
    let text = tokens.skip()
    guard tokens.fault == nil, let member else { return }
    let range = text.start..<text.start + text.length
    let old = String(decoding: body[range], as: UTF8.self)
    if let new = Splicing.replaced(old, member, names), new != old { found.append(Edit(range: range, text: new)) }
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
