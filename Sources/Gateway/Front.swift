import JobModel
import Mapping
import Telemetry
import Transport
import Wire

/// One listener's side of the gateway: the trip of a request, from its first line to the act it asks for.
///
/// find → check (in the dialect's own order, reading the body on the way) → act → write. A fault at any station goes
/// straight to the end, where the caller's dialect finds the words.
final class Front: Responder {
  let site: Site
  private let listener: Configuration.Listener
  private let dialects: [Spoken]
  private let callers: Callers
  /// The gateway's address as the configuration gives it, without a slash at the end.
  private let fixedURL: String?
  /// What requests count as for which neither a dialect nor an operation was found.
  let nowhere: Meter
  let faults: CounterRow

  init(_ site: Site, _ listener: Configuration.Listener) {
    self.site = site
    self.listener = listener
    fixedURL = listener.publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    dialects = site.dialects.filter { listener.speaks($0.codec.dialect) }
    callers = Callers(gatekeeper: site.gatekeeper, isOpen: listener.isOpen, now: site.now)
    let metrics = site.core.instruments.metrics
    nowhere = Meter(metrics, dialect: "none", operation: "none")
    faults = CounterRow(metrics, .faults, values: Fault.Kind.allCases.map(\.rawValue))
    faults.show()
  }

  /// What one event loop reuses from request to request.
  final class LoopState {
    let job = Job()
    let page = Job()
    let output = Output()
    /// By which address the last caller came, and what it makes of the gateway's own.
    var address: (host: [UInt8], isSecure: Bool, url: String)?
    let watchlist = Watchlist()
    let ticks: Ticks
    /// What the clock on the wall said, and `ticks` then.
    private var wall: (time: Int64, ticks: UInt64)?
    /// Looks that are not under way.
    private var looks: [Look] = []
    let shard: Shard
    private(set) var pen = Held<AccessLog.Pen>()
    var ids: RequestIDs.Source
    var random: FastRandom
    /// Which of the event loops this is.
    let lane: Int
    private let metrics: Metrics

    init(_ site: Site) {
      metrics = site.core.instruments.metrics
      ticks = site.core.instruments.ticks
      shard = metrics.makeShard()
      ids = site.core.instruments.ids.makeSource()
      var seed = SystemRandomNumberGenerator()
      random = FastRandom(using: &seed)
      lane = site.core.loops.firstIndex(where: \.isHere) ?? 0
      if let access = site.access { pen.put(access.makePen()) }
    }

    deinit { metrics.retire(shard) }

    /// Milliseconds since 1970 at a moment of `ticks`, which is now: the clock on the wall is looked at a hundred times a second.
    func time(at moment: UInt64, _ site: Site) -> Int64 {
      if let wall, moment &- wall.ticks < 10_000_000 { return wall.time &+ Int64(moment &- wall.ticks) / 1_000_000 }
      let time = site.now()
      wall = (time, moment)
      return time
    }

    /// A look to be begun.
    func look() -> Look { looks.popLast() ?? Look() }

    /// A look is over.
    func rest(_ look: Look) { looks.append(look) }

    /// Nobody is left to be answered.
    func letGo() {
      looks = []
      pen.lent.use { $0.letGo() }
    }
  }

  func makeLoopState() -> AnyObject { LoopState(site) }

  func letGo(of state: AnyObject) { (state as? LoopState)?.letGo() }

  func answer(_ exchange: Exchange) { exchange.withContext(LoopState.self) { answer(exchange, $0) } }

  private func answer(_ exchange: Exchange, _ loop: LoopState) {
    let begun = loop.ticks()
    if again(exchange, loop, at: begun) { return }
    loop.job.reset()
    let passage = Passage(exchange, loop, at: begun)
    do throws(Refusal) {
      var found = try find(exchange, loop, passage)
      found.passage.found = loop.ticks()
      var visit = try Checks(found, exchange, loop.job, callers).passed()
      visit.passage.checked = loop.ticks()
      try act(visit, exchange, loop)
    } catch {
      note(turnedAway: error, exchange, loop.job)
      refuse(exchange, error, passage)
    }
  }

  /// A fault, and the dialect that has to word it.
  struct Refusal: Error {
    var fault: Fault
    var dialect: Dialect
    var allowed: [String] = []
    /// Nil before dialect and operation were found.
    var visit: Visit?

    /// A fault of a request that was understood so far.
    init(_ fault: Fault, _ visit: Visit) {
      self.fault = fault
      self.visit = visit
      dialect = visit.spoken.codec.dialect
    }

    /// A fault of a request that nobody understood.
    init(_ fault: Fault, in dialect: Dialect, allowed: [String] = []) {
      self.fault = fault
      self.dialect = dialect
      self.allowed = allowed
    }
  }

  /// Which dialect, which operation, which profile.
  private func find(_ exchange: Exchange, _ loop: LoopState, _ passage: Passage) throws(Refusal) -> Visit {
    let path = exchange.pathBytes
    let segments = Segments(path)
    guard let spoken = spoken(path, segments) else {
      throw Refusal(Fault(.unknownRoute, "no dialect is spoken at this path"), in: site.canonical.codec.dialect)
    }
    switch spoken.routes.match(method: exchange.methodBytes, path: path, segments) {
    case .none:
      try ask(exchange, spoken, before: .route)
      throw Refusal(Fault(.unknownRoute, "there is nothing at \(exchange.pathString)"), in: spoken.codec.dialect)
    case .method(let allowed):
      try ask(exchange, spoken, before: .method)
      let text = "\(exchange.methodString) is not possible here"
      throw Refusal(Fault(.method, text), in: spoken.codec.dialect, allowed: allowed)
    case .operation(let index, let parameters):
      return Visit(
        spoken: spoken, act: spoken.acts[index], parameters: parameters, profile: profile(spoken.codec, exchange),
        publicURL: publicURL(exchange, loop), passage: passage)
    }
  }

  /// Some dialects look at who asks before they say that there is nothing.
  private func ask(_ exchange: Exchange, _ spoken: Spoken, before check: Dialect.Check) throws(Refusal) {
    let dialect = spoken.codec.dialect
    guard let credential = dialect.checks.firstIndex(of: .credential), let place = dialect.checks.firstIndex(of: check),
      credential < place
    else { return }
    do throws(Fault) { _ = try callers.evidence(exchange, spoken) } catch { throw Refusal(error, in: dialect) }
  }

  private func spoken(_ path: UnsafeRawBufferPointer, _ segments: borrowing Segments) -> Spoken? {
    var best: (spoken: Spoken, fit: Int)?
    for spoken in dialects {
      guard let fit = spoken.routes.fit(path, segments), best.map({ fit > $0.fit }) ?? true else { continue }
      best = (spoken, fit)
    }
    return best?.spoken
  }

  private func profile(_ codec: Codec, _ exchange: Exchange) -> String {
    codec.dialect.profile { wanted in
      var found: UnsafeRawBufferPointer?
      exchange.forEachHeader { name, value in
        if found == nil, wanted.utf8.elementsEqual(name) { found = value }
      }
      return found
    }
  }

  /// The fixed address, or the one the caller used; a Host header that is none is as good as absent.
  private func publicURL(_ exchange: Exchange, _ loop: LoopState) -> String {
    if let fixedURL { return fixedURL }
    let host = exchange.host ?? UnsafeRawBufferPointer(start: nil, count: 0)
    if let known = loop.address, known.isSecure == exchange.secure, known.host.elementsEqual(host) { return known.url }
    let text = String(decoding: host, as: UTF8.self)
    let url = (exchange.secure ? "https://" : "http://") + (isHost(text) ? text : "\(listener.door)")
    loop.address = (Array(host), exchange.secure, url)
    return url
  }

  private func isHost(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count < 256 else { return false }
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains(byte)
    }
    return isPlain && (text.hasPrefix("[") || text.utf8.filter { $0 == 0x3A }.count < 2)
  }

  private func act(_ visit: Visit, _ exchange: Exchange, _ loop: LoopState) throws(Refusal) {
    switch visit.act.operation.kind {
    case .submit: try submit(visit, exchange, loop)
    case .get, .nodes, .report, .events: try show(visit, exchange, loop)
    case .list: try list(visit, exchange, loop)
    case .stop: try stop(visit, exchange, loop)
    case .output: try output(visit, exchange, loop)
    case .token: try issueToken(visit, exchange)
    case .inventory, .node: try inventory(visit, exchange, loop)
    }
  }
}
