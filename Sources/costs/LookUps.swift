import Gateway
import Ledger

extension Pieces {
  /// Finding a job by its number: in the ledger's file, and among the snapshots that are in memory.
  static func lookUps() throws -> [Piece] {
    let shelf = Shelf()
    return [
      Piece("ledger look-up, cold", size: 500) {
        let number = try await shelf.number()
        return try await shelf.ledger?.record(number)?.document.count ?? 0
      },
      Piece("ledger look-up, cached") {
        let number = try await shelf.number()
        return shelf.snapshots.latest(number)?.isLatest == true ? 1 : 0
      },
    ]
  }

  /// A ledger of 200 jobs, each with a document of 2,000 bytes, made when the first one is asked for.
  private final class Shelf {
    private(set) var ledger: Ledger?
    let snapshots = Snapshots()
    private var numbers: [Int64] = []
    private var next = 0

    /// One job after the other.
    func number() async throws -> Int64 {
      if numbers.isEmpty { try await fill() }
      next = (next + 1) % numbers.count
      return numbers[next]
    }

    private func fill() async throws {
      let path = try Fixtures.scratch() + "/ledger.sqlite"
      let new = try Ledger.open(path: path, now: 0) { [UInt8](repeating: 7, count: $0) }
      let job = NewJob(dialect: "pushy", scope: "acme", principal: "bench", backend: 0, created: 1)
      for _ in 0..<200 { numbers.append(try await new.create(job) { _ in [UInt8](repeating: 0x20, count: 2000) }) }
      for record in try await new.records(numbers) { snapshots.put(record) }
      ledger = new
    }
  }
}
