import Wire

extension Fidelity {
  /// The table for people, its columns aligned.
  package var text: String {
    ["job", "submit"].map { document in
      let rows = rows.filter { $0.document == document }
      let head = ["field", from == to ? "\(from), from" : from, to, "", ""]
      let cells = [head] + rows.map { [$0.field, $0.from, $0.to ?? "-", "\($0.disposition)", $0.because] }
      let widths = (0..<4).map { column in cells.map { $0[column].count }.max() ?? 0 }
      let lines = cells.map { row in
        let padded = (0..<4).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) } + [row[4]]
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
      }
      return "\(document), from \(from) to \(to)\n" + lines.map { "  " + $0 }.joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }

  /// The same as JSON: `[{"document", "field", "from", "to", "disposition", "because"}]`.
  package var json: String {
    JSON.array(
      rows.map { row in
        .object([
          JSON.Member("document", .string(row.document)), JSON.Member("field", .string(row.field)),
          JSON.Member("from", .string(row.from)), JSON.Member("to", row.to.map { .string($0) } ?? .null),
          JSON.Member("disposition", .string("\(row.disposition)")),
          JSON.Member("because", row.because.isEmpty ? .null : .string(row.because)),
        ])
      }
    ).pretty
  }
}
