/// How many allocations each piece may make: lines of a number and a title; what follows `#` is a remark.
struct Limits {
  private var most: [String: Double] = [:]

  init(_ text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let number = Double(parts[0]) else { continue }
      most[String(parts[1])] = number
    }
  }

  /// Whatever makes more than it may, has no limit, or has one and is not there.
  func complaints(_ pieces: [Piece]) async throws -> [String] {
    var found: [String] = []
    for piece in pieces {
      let made = try await piece.cost(batches: 0).allocations
      guard let limit = most[piece.title] else {
        found.append("\(piece.title): no limit; it makes \(fixed(made, 1)) allocations")
        continue
      }
      // What happens once in a while, such as a table that grows, is a small part of one.
      if made > limit + 0.05 {
        found.append("\(piece.title): \(fixed(made, 1)) allocations, \(fixed(limit, 1)) at most")
      }
    }
    for title in most.keys.sorted() where !pieces.contains(where: { $0.title == title }) {
      found.append("\(title): there is no such piece")
    }
    return found
  }
}
