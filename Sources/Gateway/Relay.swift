import JobModel
import Synchronization

/// Hands the runner's observations to the store, which is made after it.
final class Relay: Sendable {
  private let store = Mutex<JobStore?>(nil)

  func connect(_ store: JobStore) { self.store.withLock { $0 = store } }

  func tell(_ observation: Observation) async { await store.withLock { $0 }?.observe(observation) }
}

/// Why the server cannot start.
package enum StartFault: Error, CustomStringConvertible {
  case configuration(String)
  case mappings(String)
  case ledger(String)
  case listen(String)

  /// A sentence that says what to do.
  package var description: String {
    switch self {
    case .configuration(let text), .mappings(let text), .ledger(let text), .listen(let text): text
    }
  }
}
