import JobModel
import Wire

/// Which operation of a dialect a request is.
package final class Routes: Sendable {
  /// What was found.
  package enum Match: Sendable {
    /// An operation, by its place in the dialect, and the values of its path's parameters.
    case operation(Int, Parameters)
    /// The path is known, the method is not; these are.
    case method([String])
    case none
  }

  /// The values of a path's parameters, decoded.
  package struct Parameters: Sendable, Equatable {
    package var account = ""
    package var job = ""
    package var node = ""
    package var channel = ""

    /// No values yet.
    package init() {}
  }

  /// A method and a pattern, whose pieces lie side by side with all others.
  private struct Route: Sendable {
    var method: [UInt8]
    var first: Int
    var count: Int
    var literals = 0
  }

  /// A segment of a pattern: the bytes of a literal, or what a parameter is called.
  private struct Piece: Sendable {
    var literal: Range<Int>
    var parameter: Parameter?
  }

  private enum Parameter: Sendable { case account, job, node, channel }

  private let operations: [Operation]
  private let routes: [Route]
  private let pieces: [Piece]
  private let bytes: [UInt8]
  /// The pieces of each prefix; nil is any segment.
  private let prefixes: [[[UInt8]?]]

  /// The routes of a dialect.
  package init(_ dialect: Dialect) {
    operations = dialect.operations
    prefixes = dialect.prefixes.map { prefix in
      prefix.split(separator: "/").map { $0.hasPrefix("{") ? nil : Array($0.utf8) }
    }
    var routes: [Route] = []
    var pieces: [Piece] = []
    var bytes: [UInt8] = []
    for operation in operations {
      var route = Route(method: Array(operation.method.utf8), first: pieces.count, count: operation.path.count)
      for segment in operation.path {
        switch segment {
        case .literal(let text):
          route.literals += 1
          pieces.append(Piece(literal: bytes.count..<bytes.count + text.utf8.count))
          bytes += text.utf8
        case .parameter(let name):
          let parameter: Parameter =
            switch name {
            case "account": .account
            case "job": .job
            case "node": .node
            default: .channel
            }
          pieces.append(Piece(literal: 0..<0, parameter: parameter))
        }
      }
      routes.append(route)
    }
    (self.routes, self.pieces, self.bytes) = (routes, pieces, bytes)
  }

  /// How well a path fits the dialect's prefixes, so that the dialect with the best fit answers it: literal segments
  /// count, one at the beginning counts most; nil is not at all.
  package func fit(_ path: UnsafeRawBufferPointer, _ segments: borrowing Segments) -> Int? {
    var best: Int?
    for prefix in prefixes where prefix.count <= segments.count {
      var literals = prefix.first.map { $0 == nil } ?? true ? 0 : 100
      var fits = true
      for (index, piece) in prefix.enumerated() {
        guard let piece else { continue }
        if !segments.bytes(index, of: path).isSame(as: piece) { fits = false }
        literals += 1
      }
      if fits, best.map({ literals > $0 }) ?? true { best = literals }
    }
    return best
  }

  /// Finds the operation of a method and a path. A trailing slash and repeated slashes do not count; a literal segment
  /// wins over a parameter.
  package func match(
    method: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, _ segments: borrowing Segments
  ) -> Match {
    var best: Int?
    var isKnown = false
    for (index, route) in routes.enumerated() where fits(route, path, segments) {
      isKnown = true
      guard method.isSame(as: route.method) else { continue }
      if best.map({ route.literals > routes[$0].literals }) ?? true { best = index }
    }
    guard let best else { return isKnown ? .method(methods(path, segments)) : .none }
    guard let parameters = parameters(routes[best], path, segments) else { return .none }
    return .operation(best, parameters)
  }

  /// The same of texts. Not for the hot path.
  package func match(method: String, path: String) -> Match {
    var (method, path) = (method, path)
    return method.withUTF8 { method in
      path.withUTF8 { path in
        let path = UnsafeRawBufferPointer(path)
        return match(method: UnsafeRawBufferPointer(method), path: path, Segments(path))
      }
    }
  }

  /// The methods that are known for a path.
  private func methods(_ path: UnsafeRawBufferPointer, _ segments: borrowing Segments) -> [String] {
    var found: Set<String> = []
    for (index, route) in routes.enumerated() where fits(route, path, segments) {
      found.insert(operations[index].method)
    }
    return found.sorted(by: >)
  }

  private func fits(_ route: Route, _ path: UnsafeRawBufferPointer, _ segments: borrowing Segments) -> Bool {
    guard route.count == segments.count else { return false }
    for index in 0..<route.count {
      let piece = pieces[route.first + index]
      guard piece.parameter == nil else { continue }
      let isSame = bytes.withUnsafeBytes {
        segments.bytes(index, of: path).isSame(as: UnsafeRawBufferPointer(rebasing: $0[piece.literal]))
      }
      if !isSame { return false }
    }
    return true
  }

  private func parameters(
    _ route: Route, _ path: UnsafeRawBufferPointer, _ segments: borrowing Segments
  ) -> Parameters? {
    var found = Parameters()
    for index in 0..<route.count {
      guard let parameter = pieces[route.first + index].parameter else { continue }
      guard let value = PercentEncoding.decode(segments.bytes(index, of: path)) else { return nil }
      switch parameter {
      case .account: found.account = value
      case .job: found.job = value
      case .node: found.node = value
      case .channel: found.channel = value
      }
    }
    return found
  }
}

/// The segments of a path: where each of them lies. More than any operation has are counted, and not told apart.
package struct Segments: ~Copyable {
  private var ends: InlineArray<16, (start: Int32, end: Int32)>
  package private(set) var count = 0

  /// The segments of a path; a trailing slash and repeated slashes make none.
  package init(_ path: UnsafeRawBufferPointer) {
    ends = InlineArray(repeating: (0, 0))
    var start = 0
    for at in 0...path.count where at == path.count || path[at] == 0x2F {
      if at > start {
        if count < 16 { ends[count] = (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: at)) }
        count += 1
      }
      start = at + 1
    }
  }

  /// One segment's bytes; none where segments are not told apart.
  package func bytes(_ index: Int, of path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard index < min(count, 16) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: path[Int(ends[index].start)..<Int(ends[index].end)])
  }
}

extension Dialect {
  /// The hub's spelling of a job id in a path; nil when it can be none in this dialect.
  package func hubID(_ text: String, _ codes: JobIDs) -> String? {
    for form in ids {
      switch form {
      case .hex:
        let bytes = Array(text.utf8)
        if let number = codes.number(bytes) { return "\(number)" }
        if JobIDs.isHex(bytes) { return text }
      case .number, .digits:
        if !text.isEmpty, text.utf8.count < 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
          let bare = text.drop { $0 == "0" }
          return bare.isEmpty ? "0" : String(bare)
        }
      case .text: return text
      }
    }
    return nil
  }
}
