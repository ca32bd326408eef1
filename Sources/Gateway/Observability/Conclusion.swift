import JobModel
import Telemetry
import Transport

/// How a request ended: counted, and written into the access log. Said just before the last byte of the answer is.
struct Conclusion {
  var passage: Passage
  var status: Int
  /// Bytes of the body.
  var bytes: Int
  var fault: Fault.Kind?
  var job: Int64?
  /// What the job's backend is called.
  var backend = ""
  var losses: AccessLosses?
  /// Nil where neither dialect nor operation was found.
  fileprivate let meter: Meter?
  /// Nil like the meter.
  fileprivate let route: AccessRoute?
  fileprivate let principal: String

  init(
    passage: Passage, status: Int, bytes: Int, visit: Visit?, fault: Fault.Kind? = nil, job: Int64? = nil,
    backend: String = "", losses: AccessLosses? = nil
  ) {
    (self.passage, self.status, self.bytes, self.fault) = (passage, status, bytes, fault)
    (self.job, self.backend, self.losses) = (job, backend, losses)
    meter = visit?.act.meter
    route = visit.map { $0.act.meter.route($0.profile) }
    principal = visit?.principal ?? ""
  }

  /// How a question ended that was asked before; the route says who asked for which job.
  init(_ poll: Poll, _ route: AccessRoute, _ passage: Passage, bytes: Int) {
    (self.passage, status, self.bytes) = (passage, poll.visit.act.operation.status, bytes)
    (meter, self.route, principal) = (poll.visit.act.meter, route, "")
  }
}

extension AccessLosses {
  /// What the log says of losses; nil when there is none.
  convenience init?(_ losses: [Loss]) { self.init(losses.map { ($0.field, $0.disposition.rawValue) }) }
}

extension Front {
  func conclude(_ exchange: Exchange, _ conclusion: borrowing Conclusion) {
    guard let loop = exchange.context as? LoopState else { return }
    let ended = site.core.instruments.ticks()
    let meter = conclusion.meter ?? nowhere
    loop.shard.add(meter.answers[Statuses.index(of: conclusion.status)])
    loop.shard.observe(meter.duration, nanoseconds: Int64(clamping: ended &- conclusion.passage.begun))
    if let fault = conclusion.fault { loop.shard.add(faults[Front.place(of: fault)]) }
    guard let pen = loop.pen else { return }
    var record = AccessRecord(
      time: site.now(), request: conclusion.passage.request, trace: conclusion.passage.trace)
    record.parent = conclusion.passage.parent
    record.remote = exchange.peer
    record.version = exchange.version == .http2 ? "HTTP/2" : "HTTP/1.1"
    if exchange.secure { record.tls = "TLS" }
    record.method = exchange.methodBytes
    record.path = exchange.pathBytes
    record.query = exchange.queryBytes
    record.status = conclusion.status
    record.bytesIn = exchange.body.count
    record.bytesOut = conclusion.bytes
    record.route = conclusion.route ?? meter.other
    record.principal = conclusion.principal
    record.job = conclusion.job
    record.backend = conclusion.backend
    record.losses = conclusion.losses
    record.fault = conclusion.fault?.rawValue ?? ""
    record.stations = conclusion.passage.stations(ended: ended)
    pen.write(record)
  }

  private static let places: [Fault.Kind: Int] = Dictionary(
    uniqueKeysWithValues: Fault.Kind.allCases.enumerated().map { ($1, $0) })

  private static func place(of kind: Fault.Kind) -> Int { places[kind] ?? -1 }
}
