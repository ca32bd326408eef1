import JobModel
import Wire

/// An answer about a job that counts its nodes by their states. A node's state only goes forwards, so that as long as these
/// counts stay the same, so does the state of each node, and none has to be asked for.
extension Codec {
  /// Whether an answer counts the very nodes that `job` has: by the words that the platform has for their states.
  ///
  /// False, too, when the nodes were read in another moment than the answer, and one of them has moved meanwhile.
  package func countsNodes(_ body: UnsafeRawBufferPointer, as document: String, of job: Job) -> Bool {
    guard let document = dialect.documents[document], let key = document.countsKey, document.rules.unwrap == nil,
      let words = dialect.words["node"]
    else { return false }
    var states: [String: Int] = [:]
    job.forEachRow(.nodes, width: Table.nodes.width) { base in
      let word =
        job.has(row: base, NodeColumn.word)
        ? job.decoded(Text(cell: job.cell(row: base, NodeColumn.word)))
        : words.written[Int(job.nodePhase(at: base).rawValue)]
      states[word, default: 0] += 1
    }
    return !states.isEmpty && states == counts(body, key)
  }

  /// The numbers in the member `key`; nil when there is no such object, or it holds something else.
  private func counts(_ body: UnsafeRawBufferPointer, _ key: String) -> [String: Int]? {
    var tokens = Tokens(body)
    guard tokens.take(0x7B) else { return nil }
    repeat {
      let found = tokens.string()
      tokens.expect(0x3A)
      if tokens.fault != nil { return nil }
      if body[found.start..<found.start + found.length].elementsEqual(key.utf8) { return numbers(&tokens, body) }
      _ = tokens.skip()
    } while tokens.take(0x2C)
    return nil
  }

  private func numbers(_ tokens: inout Tokens, _ body: UnsafeRawBufferPointer) -> [String: Int]? {
    var found: [String: Int] = [:]
    guard tokens.take(0x7B), tokens.peek() == 0x22 else { return nil }
    repeat {
      let key = tokens.string()
      tokens.expect(0x3A)
      guard tokens.fault == nil, (0x30...0x39).contains(tokens.peek()) else { return nil }
      let digits = tokens.number()
      let name = JSONText.decoded(UnsafeRawBufferPointer(rebasing: body[key.start..<key.start + key.length]))
      guard let number = Int(String(decoding: body[digits.start..<digits.start + digits.length], as: UTF8.self)) else {
        return nil
      }
      found[name] = number
    } while tokens.take(0x2C)
    return found
  }
}

extension Document {
  /// The member that counts a job's nodes by their states; nil when there is none.
  fileprivate var countsKey: String? {
    members.first { member in
      member.variants.contains { if case .counts = $0.value { true } else { false } }
    }?.key
  }
}
