/// Everything as Prometheus reads it: the text format, version 0.0.4.
extension Metrics {
  /// The `content-type` of an exposition.
  package static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

  /// Asks for what is asked for at each scrape, adds up the rest, and writes it. Families in the order they were described
  /// in; one without a series is left out.
  package func exposition() async -> [UInt8] {
    let (entries, cells, refused) = sums()
    var text = ExpositionText()
    for entry in entries {
      if let read = entry.read {
        let readings = await read()
        if readings.isEmpty { continue }
        text.head(entry.family)
        for reading in readings where reading.labels.count == entry.family.labels.count {
          text.reading(entry.family, reading)
        }
      } else if !entry.series.isEmpty {
        text.head(entry.family)
        for series in entry.series { text.series(entry.family, series, cells) }
      }
    }
    text.head(.seriesRefused)
    text.reading(.seriesRefused, Reading(refused))
    return text.bytes
  }
}

struct ExpositionText {
  private(set) var bytes: [UInt8] = []

  mutating func head(_ family: Family) {
    put("# HELP \(family.name) \(ExpositionText.escaped(family.help, quote: false))\n")
    put("# TYPE \(family.name) \(family.kind.rawValue)\n")
  }

  mutating func series(_ family: Family, _ series: Metrics.Series, _ cells: [Int64]) {
    let value = cells[series.cell]
    switch family.kind {
    case .counter: sample(series.heads[0], family.unit == .seconds ? ExpositionText.seconds(value) : "\(value)")
    case .gauge: sample(series.heads[0], ExpositionText.text(Double(bitPattern: UInt64(bitPattern: value))))
    case .histogram: histogram(series, cells)
    }
  }

  mutating func reading(_ family: Family, _ reading: Reading) {
    for head in ExpositionText.heads(family, reading.labels) { sample(head, ExpositionText.text(reading.value)) }
  }

  /// Buckets are written added up, as the format has them; the count is that of the last one, so that they agree whatever
  /// is counted meanwhile.
  private mutating func histogram(_ series: Metrics.Series, _ cells: [Int64]) {
    var count: Int64 = 0
    for index in 0..<Buckets.sum {
      count &+= cells[series.cell + index]
      sample(series.heads[index], "\(count)")
    }
    sample(series.heads[Buckets.sum], ExpositionText.seconds(cells[series.cell + Buckets.sum]))
    sample(series.heads[Buckets.cells], "\(count)")
  }

  private mutating func sample(_ head: [UInt8], _ value: String) {
    bytes += head
    put(value)
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// What stands before the values of a series: one for a counter or a gauge; for a histogram one for each bucket, then the
  /// sum's and the count's.
  static func heads(_ family: Family, _ labels: [String]) -> [[UInt8]] {
    let pairs = zip(family.labels, labels).map { "\($0)=\"\(escaped($1, quote: true))\"" }
    func head(_ suffix: String, _ pairs: [String]) -> [UInt8] {
      Array((family.name + suffix + (pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}") + " ").utf8)
    }
    guard family.kind == .histogram else { return [head("", pairs)] }
    let bounds = Buckets.bounds.map(seconds) + ["+Inf"]
    return bounds.map { head("_bucket", pairs + ["le=\"\($0)\""]) } + [head("_sum", pairs), head("_count", pairs)]
  }

  /// Nanoseconds as seconds, every digit, none that says nothing.
  static func seconds(_ nanoseconds: Int64) -> String {
    let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if part == 0 { return "\(whole)" }
    var digits = String(String(1_000_000_000 + part.magnitude).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return (nanoseconds < 0 ? "-" : "") + "\(whole.magnitude).\(digits)"
  }

  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  static func escaped(_ text: String, quote: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quote: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
