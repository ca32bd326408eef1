import Telemetry
import Transport

/// One request on its way through the gateway: what it is called in logs and traces, and when it came to each station.
/// Times are nanoseconds of a clock that nobody sets; 0 is not come to.
struct Passage: Sendable {
  let request: RequestID
  /// Our own span.
  let trace: TraceContext
  /// The caller's span, when the caller named one.
  let parent: UInt64?
  let begun: UInt64
  /// Whether the caller has named the request, and hears the name again.
  let isNamed: Bool
  var found: UInt64 = 0
  var checked: UInt64 = 0
  var acted: UInt64 = 0

  /// When a request is whole.
  init(_ exchange: Exchange, _ loop: Front.LoopState, at begun: UInt64) {
    let name = exchange.header("x-request-id").flatMap { RequestID($0) }
    request = name ?? loop.ids.make()
    isNamed = name != nil
    if let caller = exchange.header("traceparent").flatMap({ TraceContext($0) }) {
      trace = caller.child(using: &loop.random)
      parent = caller.span
    } else {
      trace = TraceContext(using: &loop.random)
      parent = nil
    }
    self.begun = begun
  }

  /// Of a request that nobody has named, that begins a trace, and whose question is known: it had not to be found and checked.
  init(_ loop: Front.LoopState, at begun: UInt64, acted: UInt64) {
    request = loop.ids.make()
    isNamed = false
    trace = TraceContext(using: &loop.random)
    parent = nil
    (self.begun, self.acted) = (begun, acted)
  }

  /// How long each part of the way took.
  func stations(ended: UInt64) -> AccessRecord.Stations {
    var stations = AccessRecord.Stations()
    var before = begun
    func since(_ time: UInt64) -> Int64? {
      guard time != 0 else { return nil }
      defer { before = time }
      return Int64(clamping: time &- before)
    }
    stations.find = since(found)
    stations.check = since(checked)
    stations.act = since(acted)
    stations.write = since(ended)
    stations.total = Int64(clamping: ended &- begun)
    return stations
  }
}
