/// The values of a form by their paths, in the order they came.
///
/// Nodes lie in one array and name each other by index, so that a long form costs no more per pair than a short one.
struct FormTree {
  private enum Content {
    case leaf([UInt8])
    case list([Int])
    case object([(name: [UInt8], node: Int)])
  }

  private struct Edge: Hashable {
    var parent: Int
    var name: [UInt8]
  }

  private var nodes: [Content] = [.object([])]
  private var edges: [Edge: Int] = [:]

  /// Puts a value at the end of a path, whose empty steps are elements of lists; false if the shapes do not agree.
  mutating func set(_ path: [[UInt8]], to value: [UInt8]) -> Bool {
    var node = 0
    for (index, step) in path.enumerated() {
      let below = path[(index + 1)...]
      guard let next = step.isEmpty ? element(of: node, below) : member(step, of: node, below)
      else { return false }
      node = next
    }
    guard case .leaf = nodes[node] else { return false }
    nodes[node] = .leaf(value)
    return true
  }

  private mutating func member(_ name: [UInt8], of parent: Int, _ below: ArraySlice<[UInt8]>) -> Int? {
    guard case .object(var members) = nodes[parent] else { return nil }
    if let known = edges[Edge(parent: parent, name: name)] { return known }
    // Left empty while the list of members is changed, or every new member would copy all of them.
    nodes[parent] = .leaf([])
    members.append((name, nodes.count))
    nodes[parent] = .object(members)
    edges[Edge(parent: parent, name: name)] = nodes.count
    return add(below)
  }

  /// The last element, if it is an object that lacks the rest of the path; otherwise a new one.
  private mutating func element(of parent: Int, _ below: ArraySlice<[UInt8]>) -> Int? {
    guard case .list(var elements) = nodes[parent] else { return nil }
    if let last = elements.last, let first = below.first, !first.isEmpty, case .object = nodes[last],
      !has(below, in: last)
    {
      return last
    }
    nodes[parent] = .leaf([])
    elements.append(nodes.count)
    nodes[parent] = .list(elements)
    return add(below)
  }

  /// Whether a value already stands at this path; a list on the way has always room for another.
  private func has(_ path: ArraySlice<[UInt8]>, in start: Int) -> Bool {
    var node = start
    for step in path {
      if step.isEmpty { return false }
      guard let next = edges[Edge(parent: node, name: step)] else { return false }
      node = next
    }
    return true
  }

  /// A new empty node of the shape that the rest of its path asks for.
  private mutating func add(_ below: ArraySlice<[UInt8]>) -> Int {
    if let first = below.first {
      nodes.append(first.isEmpty ? .list([]) : .object([]))
    } else {
      nodes.append(.leaf([]))
    }
    return nodes.count - 1
  }

  /// Writes the tree as JSON; its depth is bounded by the paths.
  func write(to output: Output) {
    write(0, to: output, isRoot: true)
  }

  private func write(_ node: Int, to output: Output, isRoot: Bool = false) {
    switch nodes[node] {
    case .leaf(let text):
      quote(text, to: output)
    case .list(let elements):
      write(elements, to: output)
    case .object(let members):
      if !isRoot, let elements = FormTree.numbered(members) { return write(elements, to: output) }
      output.byte(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.byte(UInt8(ascii: ",")) }
        quote(member.name, to: output)
        output.byte(UInt8(ascii: ":"))
        write(member.node, to: output)
      }
      output.byte(UInt8(ascii: "}"))
    }
  }

  private func write(_ elements: [Int], to output: Output) {
    output.byte(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { output.byte(UInt8(ascii: ",")) }
      write(element, to: output)
    }
    output.byte(UInt8(ascii: "]"))
  }

  private func quote(_ text: [UInt8], to output: Output) {
    output.byte(UInt8(ascii: "\""))
    text.withUnsafeBytes { output.escaped($0) }
    output.byte(UInt8(ascii: "\""))
  }

  /// The nodes in the order of their numbers, if the names are exactly the numbers 0 to n-1.
  private static func numbered(_ members: [(name: [UInt8], node: Int)]) -> [Int]? {
    var elements = [Int?](repeating: nil, count: members.count)
    for member in members {
      guard let index = index(member.name), index < members.count else { return nil }
      elements[index] = member.node
    }
    let found = elements.compactMap { $0 }
    return found.count == members.count ? found : nil
  }

  /// A number without needless zeros.
  private static func index(_ name: [UInt8]) -> Int? {
    guard (1...9).contains(name.count), name.count == 1 || name[0] != UInt8(ascii: "0") else { return nil }
    var value = 0
    for byte in name {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
