/// The parameters of a query string, read kindly: what cannot be decoded stays as it is, and nothing is refused.
///
/// For single parameters such as `limit`; a query that stands for a document is read by `Form`.
package struct Query: Sendable {
  /// The names and values in order, decoded; a name without `=` has an empty value.
  package let pairs: [(name: String, value: String)]

  /// Reads what stands behind the question mark. `+` is a space, as in forms.
  package init(_ text: UnsafeRawBufferPointer) {
    pairs = text.split(separator: UInt8(ascii: "&")).map { pair in
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      return (Query.decoded(pair[..<equals]), Query.decoded(pair[equals...].dropFirst()))
    }
  }

  /// The value of the first parameter of this name; nil if there is none.
  package func value(_ name: String) -> String? {
    pairs.first { $0.name.sameScalars(as: name) }?.value
  }

  private static func decoded(_ part: Slice<UnsafeRawBufferPointer>) -> String {
    let text = UnsafeRawBufferPointer(rebasing: part)
    let output = Output(capacity: text.count)
    let bad = PercentEncoding.decode(text, into: output, plusIsSpace: true)
    return String(decoding: bad == nil ? output.written : text, as: UTF8.self)
  }
}
