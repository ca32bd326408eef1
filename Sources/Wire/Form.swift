/// Query strings and `application/x-www-form-urlencoded` bodies whose names nest by brackets, as Rails reads them.
///
/// `job[variables][A]=x` is the member `A` of `variables` of `job`; `a[]=1&a[]=2` is a list; in `a[][b]=1&a[][c]=2` a
/// new element begins where a member would repeat. Numbered names, `a[0][b]=1`, are a list when the numbers are
/// exactly 0 to n-1, in whatever order they come, and an object with those names otherwise: senders of both kinds
/// exist, and a reader of a mapping accepts both. The outermost level is always an object.
///
/// Every leaf is a string, empty when there is no `=` or nothing behind it. `+` is a space, `%XX` a byte; brackets,
/// spaces and everything else may also stand there raw, as curl sends them. A value that comes twice: the last wins,
/// as in Rails, in the place of the first.
package struct Form {
  private var tree = FormTree()
  private var pairs = 0
  private let depth: Int
  private let limit: Int

  /// An empty form.
  ///
  /// - Parameters:
  ///   - depth: How many brackets a name may have, at most 63, so that the JSON can be read by every reader here.
  ///   - limit: How many pairs all of the texts together may have.
  package init(depth: Int = 32, limit: Int = 4096) {
    self.depth = min(depth, 63)
    self.limit = limit
  }

  /// Writes the form as one JSON object.
  package static func json(
    from text: UnsafeRawBufferPointer, into output: Output, depth: Int = 32, limit: Int = 4096
  ) throws(FormFault) {
    var form = Form(depth: depth, limit: limit)
    try form.add(text)
    form.write(to: output)
  }

  /// Adds the pairs of a text: a query and a body that belong together are added one after the other.
  package mutating func add(_ text: UnsafeRawBufferPointer) throws(FormFault) {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "&")) ?? text.count
      if end > start { try add(pairOf: text, from: start, to: end) }
      start = end + 1
    }
  }

  /// Writes what was added as one JSON object.
  package func write(to output: Output) {
    tree.write(to: output)
  }

  private mutating func add(pairOf text: UnsafeRawBufferPointer, from start: Int, to end: Int) throws(FormFault) {
    pairs += 1
    guard pairs <= limit else { throw FormFault(.tooMany, offset: start) }
    let equals = text[start..<end].firstIndex(of: UInt8(ascii: "=")) ?? end
    let name = try Form.decode(text, from: start, to: equals)
    let value = try Form.decode(text, from: min(equals + 1, end), to: end)
    guard let path = Form.path(name) else { throw FormFault(.badName, offset: start) }
    guard path.count <= depth + 1 else { throw FormFault(.tooDeep, offset: start) }
    guard tree.set(path, to: value) else { throw FormFault(.conflict, offset: start) }
  }

  private static func decode(
    _ text: UnsafeRawBufferPointer, from start: Int, to end: Int
  ) throws(FormFault) -> [UInt8] {
    let output = Output(capacity: end - start)
    let encoded = UnsafeRawBufferPointer(rebasing: text[start..<end])
    if let bad = PercentEncoding.decode(encoded, into: output, plusIsSpace: true) {
      throw FormFault(.badPercent, offset: start + bad)
    }
    guard UTF8Sequence.firstFault(output.written) == nil else { throw FormFault(.badUTF8, offset: start) }
    return Array(output.written)
  }

  /// The steps of a decoded name, an empty one for `[]`; nil if it is no well-formed name.
  ///
  /// Decoded first: most clients send the brackets as %5B and %5D, so they mean the same as raw ones.
  private static func path(_ name: [UInt8]) -> [[UInt8]]? {
    let open = UInt8(ascii: "[")
    let close = UInt8(ascii: "]")
    let head = name.prefix { $0 != open }
    guard !head.isEmpty, !head.contains(close) else { return nil }
    var steps = [Array(head)]
    var rest = name[head.endIndex...]
    while !rest.isEmpty {
      guard rest.first == open, let end = rest.firstIndex(of: close) else { return nil }
      let step = rest[rest.startIndex + 1..<end]
      guard !step.contains(open) else { return nil }
      steps.append(Array(step))
      rest = rest[(end + 1)...]
    }
    return steps
  }
}
