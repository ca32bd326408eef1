/// What a line says of what an answer did not say: written once, and copied for as long as the answer stays the same.
package final class AccessLosses: Sendable {
  let members: [UInt8]

  /// The fields that were lost, by what became of them, as in `{"dropped":["quorum"]}`; nil when there is none.
  package init?(_ losses: [(field: String, disposition: String)]) {
    guard !losses.isEmpty else { return nil }
    let line = Line()
    line.write { text in
      var left = losses[...]
      text.put(",\"losses\":{")
      while let first = left.first {
        if left.count < losses.count { text.put(",") }
        text.quoted(first.disposition)
        text.put(":[")
        for (index, loss) in left.filter({ $0.disposition == first.disposition }).enumerated() {
          if index > 0 { text.put(",") }
          text.quoted(loss.field)
        }
        text.put("]")
        left.removeAll { $0.disposition == first.disposition }
      }
      text.put("}")
    }
    members = Array(line.bytes)
  }
}
