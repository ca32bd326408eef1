/// What a line says of what an answer did not say: written once, and copied for as long as the answer stays the same.
package final class AccessLosses: Sendable {
  let members: [UInt8]

  /// Each loss by its field and its disposition; nil when there is none.
  package init?(_ losses: [(field: String, disposition: String)]) {
    guard !losses.isEmpty else { return nil }
    let line = Line()
    line.write { text in
      text.put(",\"losses\":[")
      for (index, loss) in losses.enumerated() {
        text.put(index == 0 ? "{\"field\":" : ",{\"field\":")
        text.quoted(loss.field)
        text.put(",\"disposition\":")
        text.quoted(loss.disposition)
        text.put("}")
      }
      text.put("]")
    }
    members = Array(line.bytes)
  }
}
