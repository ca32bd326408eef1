import Foundation

/// A translation by the mappings, beside the same by Codable and beside the floor, a strict pass over the bytes.
struct Translated {
  /// Which of the translations by hand it is held against.
  enum Hand { case submit, job }

  let title: String
  private let body: [UInt8]
  private let run: PlanRun

  init(_ title: String, _ body: [UInt8], _ run: PlanRun) { (self.title, self.body, self.run) = (title, body, run) }

  func once() throws -> Int { try body.withUnsafeBytes { try run.once($0) } }

  func text() throws -> String {
    _ = try once()
    return String(decoding: run.output.written, as: UTF8.self)
  }

  var piece: Piece { Piece(title) { try once() } }

  func printTable(_ hand: Hand) throws {
    let (hands, data) = (ByHand(), Data(body))
    try body.withUnsafeBytes { bytes in
      let floor = cost(size: 4000) { skip(bytes) }
      row("strict pass", floor, floor)
      row("plan, reading only", try cost(size: 4000) { try run.readOnce(bytes) }, floor)
      row("plan", try cost(size: 4000) { try run.once(bytes) }, floor)
      row("Codable", try cost(batches: 15, size: 200) { try hands.translate(data, hand) }, floor)
    }
  }

  private func row(_ what: String, _ found: Cost, _ floor: Cost) {
    print(
      "| \(title), \(body.count) B: \(what) | \(fixed(found.median)) | \(fixed(found.least))–\(fixed(found.most)) | "
        + "\(fixed(found.allocations, 1)) | \(fixed(found.median / floor.median, 2)) |")
  }
}
