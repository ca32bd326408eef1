import Synchronization

/// The latest durable canonical document of each job that is being looked at, for the event loops: what stands here is
/// on disk already. Bounded; what falls out is read from the ledger again.
final class Snapshots: Sendable {
  private struct State {
    var documents: [Int64: [UInt8]] = [:]
    var order: [Int64] = []
    var bytes = 0
  }

  private let state = Mutex(State())
  private let most: Int

  /// A cache of at most so many bytes of documents.
  init(most: Int = 64 << 20) { self.most = most }

  /// The document of a job, if it is here.
  subscript(number: Int64) -> [UInt8]? { state.withLock { $0.documents[number] } }

  /// Keeps a document; the ones that came first make room.
  func put(_ number: Int64, _ document: [UInt8]) {
    state.withLock { state in
      if let old = state.documents.updateValue(document, forKey: number) {
        state.bytes -= old.count
      } else {
        state.order.append(number)
      }
      state.bytes += document.count
      guard state.bytes > most else { return }
      var dropped = 0
      while state.bytes > most / 2, dropped < state.order.count - 1 {
        if let old = state.documents.removeValue(forKey: state.order[dropped]) { state.bytes -= old.count }
        dropped += 1
      }
      state.order.removeFirst(dropped)
    }
  }
}
