import Mapping
import Telemetry

extension Backend {
  /// A call that is made again and again: what never changes of it.
  final class Errand: Sendable {
    let operation: Operation
    let headers: [(name: [UInt8], value: [UInt8])]
    /// Counts the answers that said nothing new.
    let answered: Counter

    init(_ operation: Operation, _ headers: [(name: String, value: String)], answered: Counter) {
      self.operation = operation
      self.headers = headers.map { (Array($0.name.utf8), Array($0.value.utf8)) }
      self.answered = answered
    }
  }

  /// How jobs are looked at from event loops: what is asked for each time.
  struct Watching: Sendable {
    let get: Errand?
    let nodes: Errand?

    /// Without a credential that is the same for every call nothing can be.
    init(
      _ credential: [(name: String, value: String)]?, _ operations: [Operation.Kind: Operation], backend: String,
      _ metrics: Metrics, _ heads: (Operation) -> [(name: String, value: String)]
    ) {
      func errand(_ kind: Operation.Kind) -> Errand? {
        guard let credential, let operation = operations[kind], operation.method == "GET" else { return nil }
        return Errand(
          operation, heads(operation) + credential,
          answered: metrics.counter(.backendCalls, [backend, operation.name, "ok"]))
      }
      nodes = errand(.nodes)
      // Where nodes are asked for in another way than jobs, neither is.
      get = operations[.nodes] != nil && nodes == nil ? nil : errand(.get)
    }
  }
}
