import Synchronization
import Transport

/// Asks a backend what it is asked itself, on the same loop: an exchange is held while its call runs.
final class ProxyResponder: Responder {
  private let settings: UpstreamSettings
  private let inPieces: Bool
  let tallies = Mutex<[UpstreamTally]>([])

  init(_ settings: UpstreamSettings, inPieces: Bool = false) {
    self.settings = settings
    self.inPieces = inPieces
  }

  var counters: UpstreamCounters {
    var sum = UpstreamCounters()
    for tally in tallies.withLock({ $0 }) { tally.add(to: &sum) }
    return sum
  }

  func makeLoopState() -> AnyObject { fatalError("never asked without a loop") }

  func makeLoopState(on loop: LoopHandle) -> AnyObject {
    let desk = Desk(Upstream(settings, on: loop), inPieces: inPieces)
    tallies.withLock { $0.append(desk.upstream.tally) }
    return desk
  }

  func answer(_ exchange: Exchange) { (exchange.context as? Desk)?.pass(exchange) }

  private final class Desk: Receiver {
    let upstream: Upstream
    let inPieces: Bool
    private var handles: [Int: Handle] = [:]
    private var bodies: [Int: [UInt8]] = [:]
    private var last = 0

    init(_ upstream: Upstream, inPieces: Bool) {
      self.upstream = upstream
      self.inPieces = inPieces
    }

    func pass(_ exchange: Exchange) {
      last += 1
      handles[last] = exchange.hold()
      let call = upstream.take()
      if exchange.pathString == "/prepared" { return sendPrepared(call) }
      call.begin(method: exchange.methodBytes, target: exchange.targetBytes)
      exchange.forEachHeader { call.header(name: $0, value: $1) }
      call.append(exchange.body)
      call.streams = inPieces
      upstream.send(call, to: self, tag: last)
    }

    /// A call that was put together before, and one field that was not.
    private func sendPrepared(_ call: Call) {
      let fields = [("X-Mine", "a\r\nb"), ("Host", "elsewhere"), ("Connection", "close"), ("no name", "1")]
      guard let prepared = PreparedCall(get: "/describe?a=b", fields.map { (Array($0.utf8), Array($1.utf8)) }) else {
        return call.release()
      }
      call.begin(prepared)
      Array("passing-\(last)".utf8).withUnsafeBytes { call.passingHeader("x-passing", $0) }
      upstream.send(call, to: self, tag: last)
    }

    func arrived(_ call: Call, tag: Int) {
      bodies[tag, default: []] += call.body
      call.consume(call.body.count)
    }

    func answered(_ call: Call, tag: Int) {
      let body = (bodies.removeValue(forKey: tag) ?? []) + call.body
      handles.removeValue(forKey: tag)?.resumeHere { exchange in
        exchange.begin(status: call.status)
        call.forEachHeader { exchange.header(name: $0, value: $1) }
        body.withUnsafeBytes { exchange.finish(body: $0) }
      }
    }

    func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
      bodies[tag] = nil
      handles.removeValue(forKey: tag)?.resumeHere { exchange in
        exchange.begin(status: 502)
        exchange.finish(body: "\(fault) \(fault.sent)")
      }
    }
  }
}
