import Wire

/// Bracketed forms and queries: what is accepted is JSON.
final class FormTarget: Target {
  private let output = Output()

  func take(_ bytes: UnsafeRawBufferPointer) {
    output.clear()
    if (try? Form.json(from: bytes, into: output)) != nil {
      var tokens = Tokens(output.written)
      _ = tokens.skip()
      tokens.end()
      must(tokens.fault == nil, "a form became no JSON")
    }
    let query = Query(bytes)
    for pair in query.pairs.prefix(8) { must(query.value(pair.name) != nil, "a name of the query has no value") }
    if let text = PercentEncoding.decode(bytes), let path = PercentEncoding.encode(text) {
      must(
        Array(path.utf8).withUnsafeBytes { PercentEncoding.decode($0) == text },
        "a segment is decoded as something else")
    }
  }

  func seeds() -> [[UInt8]] {
    let texts = [
      "job[package_id]=88&job[cluster_id]=52&job[variables][day]=%27monday%27", "a[]=1&a[]=2&b[c][d][]=x+y",
      "a=1;b=2&%61=%2B&=&[]=&a[b=1", "include_file=true&offset=0&limit=100", "a[0]=x&a[1]=y&a[0][z]=q",
    ]
    return texts.map { Array($0.utf8) }
  }
}
