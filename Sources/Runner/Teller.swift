import JobModel

/// Hands observations on, one at a time and in order, without holding up whoever makes them.
struct Teller: Sendable {
  private enum Item: Sendable {
    case observation(Observation)
    case mark(CheckedContinuation<Void, Never>)
  }

  private let line: AsyncStream<Item>.Continuation

  init(_ tell: @escaping @Sendable (Observation) async -> Void) {
    let (stream, line) = AsyncStream.makeStream(of: Item.self)
    self.line = line
    Task {
      for await item in stream {
        switch item {
        case .observation(let observation): await tell(observation)
        case .mark(let waiting): waiting.resume()
        }
      }
    }
  }

  func say(_ observation: Observation) { line.yield(.observation(observation)) }

  /// Returns when all that was said before has been handed on.
  func flush() async { await withCheckedContinuation { line.yield(.mark($0)) } }
}
