import JobModel
import Mapping
import Telemetry
import Transport
import Wire

/// What calls to a platform on behalf of a request go by.
struct Way: Sendable {
  /// The `traceparent` that is passed on.
  var trace: String
  /// The event loop whose connections are used.
  var lane: Int
  /// The caller's dialect, and what it showed to say who it is: handed on only to a platform of the same dialect that is
  /// configured so.
  private var dialect = ""
  private var shown: [(name: String, value: String)] = []

  /// For a request's own calls.
  init(_ visit: Visit, _ exchange: Exchange, _ loop: Front.LoopState) {
    trace = visit.passage.trace.text
    lane = loop.lane
    let spoken = visit.spoken.codec.dialect
    guard visit.spoken.relays, let header = spoken.credential?.relayedHeader else { return }
    dialect = spoken.name
    let query = spoken.credential == .token ? Query(exchange.queryBytes).value("token") : nil
    if let value = exchange.headerString(header) ?? query { shown = [("\(header)", value)] }
  }

  /// For calls that show nobody's credential but ours.
  init(trace: String, lane: Int) {
    self.trace = trace
    self.lane = lane
  }

  /// For calls that nobody's request asks for.
  static func ours() -> Way {
    var seed = SystemRandomNumberGenerator()
    var random = FastRandom(using: &seed)
    return Way(trace: TraceContext(using: &random).text, lane: 0)
  }

  /// The caller's credential, for a platform of its dialect. Throws what is missing.
  func credential(for backend: Backend) throws(Fault) -> [(name: String, value: String)] {
    guard backend.dialect.name == dialect else {
      throw Fault(.forbidden, "\(backend.name) only answers who has a credential of its own")
    }
    guard !shown.isEmpty else { throw Fault(.noCredential, "\(backend.name) wants to know who asks") }
    return shown
  }
}

extension Dialect.Credential {
  /// The header that carries it, where nothing in it is about the request itself: such a credential may be handed on. A
  /// signature may not, because what it signs is written anew.
  var relayedHeader: StaticString? {
    switch self {
    case .token: "x-authentication"
    case .basicKey, .bearer: "authorization"
    case .signedHeaders, .userAndToken: nil
    }
  }
}
