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
}

extension AccessLosses {
  /// What the log says of losses; nil when there is none.
  convenience init?(_ losses: [Loss]) { self.init(losses.map { ($0.field, $0.disposition.rawValue) }) }
}

extension AccessRecord {
  /// What is said of every request.
  init(
    _ exchange: Exchange, _ passage: borrowing Passage, status: Int, bytes: Int, at now: Int64, ended: UInt64
  ) {
    self.init(time: now, request: passage.request, trace: passage.trace)
    parent = passage.parent
    remote = exchange.peer
    version = exchange.version == .http2 ? "HTTP/2" : "HTTP/1.1"
    if exchange.secure { tls = "TLS" }
    method = exchange.methodBytes
    path = exchange.pathBytes
    query = exchange.queryBytes
    self.status = status
    (bytesIn, bytesOut) = (exchange.body.count, bytes)
    stations = passage.stations(ended: ended)
  }
}

extension Front {
  func conclude(_ exchange: Exchange, _ conclusion: borrowing Conclusion) {
    guard let loop = exchange.context as? LoopState else { return }
    let ended = loop.ticks()
    let meter = conclusion.meter ?? nowhere
    loop.shard.add(meter.answers[Statuses.index(of: conclusion.status)])
    loop.shard.observe(meter.duration, nanoseconds: Int64(clamping: ended &- conclusion.passage.begun))
    if let fault = conclusion.fault { loop.shard.add(faults[Front.place(of: fault)]) }
    guard let pen = loop.pen.object else { return }
    var record = AccessRecord(
      exchange, conclusion.passage, status: conclusion.status, bytes: conclusion.bytes, at: site.now(), ended: ended)
    record.principal = conclusion.principal
    record.job = conclusion.job
    record.backend = conclusion.backend
    record.fault = conclusion.fault?.rawValue ?? ""
    pen.write(record, conclusion.route ?? meter.other, conclusion.losses)
  }

  /// A question that was asked before has ended as it did then; the route says who asked for which job.
  func conclude(
    _ exchange: Exchange, _ loop: LoopState, _ known: Poll.Known, bytes: Int, at now: Int64, begun: UInt64,
    acted: UInt64
  ) {
    let ended = loop.ticks()
    loop.shard.add(known.answers)
    loop.shard.observe(known.duration, nanoseconds: Int64(clamping: ended &- begun))
    loop.pen.lent.use { pen in
      guard known.route.tellsRequest else {
        let passage = Passage(loop, at: begun, acted: acted)
        let record = AccessRecord(exchange, passage, status: known.status, bytes: bytes, at: now, ended: ended)
        return pen.write(record, known.route)
      }
      // Its caller has named no trace, and its platform was told of none.
      var record = AccessRecord(time: now, request: loop.ids.make(), trace: nil)
      record.remote = exchange.peer
      record.bytesOut = bytes
      record.stations.act = Int64(clamping: acted &- begun)
      record.stations.write = Int64(clamping: ended &- acted)
      record.stations.total = Int64(clamping: ended &- begun)
      pen.write(record, known.route)
    }
  }

  private static let places: [Fault.Kind: Int] = Dictionary(
    uniqueKeysWithValues: Fault.Kind.allCases.enumerated().map { ($1, $0) })

  private static func place(of kind: Fault.Kind) -> Int { places[kind] ?? -1 }
}
