import JobModel
import Wire

/// Which operation of a dialect a request is.
package struct Routes: Sendable {
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

  private let operations: [Operation]
  /// The pieces of each prefix; nil is any segment.
  private let prefixes: [[[UInt8]?]]

  /// The routes of a dialect.
  package init(_ dialect: Dialect) {
    operations = dialect.operations
    prefixes = dialect.prefixes.map { prefix in
      prefix.split(separator: "/").map { $0.hasPrefix("{") ? nil : Array($0.utf8) }
    }
  }

  /// How well a path fits the dialect's prefixes, so that the dialect with the best fit answers it: literal segments
  /// count, one at the beginning counts most; nil is not at all.
  package func fit(_ path: UnsafeRawBufferPointer, _ segments: [Range<Int>]) -> Int? {
    var best: Int?
    for prefix in prefixes where prefix.count <= segments.count {
      var literals = prefix.first.map { $0 == nil } ?? true ? 0 : 100
      var fits = true
      for (piece, range) in zip(prefix, segments) {
        guard let piece else { continue }
        if !piece.elementsEqual(path[range]) { fits = false }
        literals += 1
      }
      if fits, best.map({ literals > $0 }) ?? true { best = literals }
    }
    return best
  }

  /// Finds the operation of a method and a path. A trailing slash and repeated slashes do not count; a literal segment
  /// wins over a parameter.
  package func match(method: String, path: UnsafeRawBufferPointer) -> Match {
    let segments = Routes.segments(path)
    var best: (index: Int, literals: Int)?
    var methods: [String] = []
    for (index, operation) in operations.enumerated() {
      guard let literals = Routes.literals(operation.path, segments, path) else { continue }
      if !methods.contains(operation.method) { methods.append(operation.method) }
      guard operation.method == method else { continue }
      if best.map({ literals > $0.literals }) ?? true { best = (index, literals) }
    }
    guard let best else { return methods.isEmpty ? .none : .method(methods.sorted(by: >)) }
    guard let parameters = Routes.parameters(operations[best.index].path, segments, path) else { return .none }
    return .operation(best.index, parameters)
  }

  /// The segments of a path, as ranges of its bytes.
  package static func segments(_ path: UnsafeRawBufferPointer) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    for at in 0...path.count where at == path.count || path[at] == 0x2F {
      if at > start { found.append(start..<at) }
      start = at + 1
    }
    return found
  }

  private static func literals(
    _ pattern: [Operation.Segment], _ segments: [Range<Int>], _ path: UnsafeRawBufferPointer
  ) -> Int? {
    guard pattern.count == segments.count else { return nil }
    var count = 0
    for (piece, range) in zip(pattern, segments) {
      guard case .literal(let text) = piece else { continue }
      guard text.utf8.elementsEqual(path[range]) else { return nil }
      count += 1
    }
    return count
  }

  private static func parameters(
    _ pattern: [Operation.Segment], _ segments: [Range<Int>], _ path: UnsafeRawBufferPointer
  ) -> Parameters? {
    var found = Parameters()
    for (piece, range) in zip(pattern, segments) {
      guard case .parameter(let name) = piece else { continue }
      guard let value = PercentEncoding.decode(UnsafeRawBufferPointer(rebasing: path[range])) else { return nil }
      switch name {
      case "account": found.account = value
      case "job": found.job = value
      case "node": found.node = value
      default: found.channel = value
      }
    }
    return found
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
