import Credentials
import JobModel
import Mapping
import Telemetry
import Transport
import Wire

/// A platform that jobs run on, as one configuration has it: its dialect read and written from the other side, and the way
/// there. Made whole, never changed.
final class Backend: Sendable {
  let part: Configuration.BackendPart
  let codec: Codec
  let profile: String
  /// One for each event loop.
  private let messengers: [Messenger]
  private let operations: [Operation.Kind: Operation]
  private let submits: [WorkKind: Submit]
  /// Headers by which the platform knows the profile, and what it is asked to answer in.
  private let headers: [(name: String, value: String)]
  /// The gateway's credential, where it is the same for every call.
  private let credential: [(name: String, value: String)]?
  /// What is asked of a job that is looked at.
  let watching: Watching
  private let instruments: Instruments
  let duration: Histogram
  private let now: @Sendable () -> Int64

  /// How a kind of work is asked for.
  struct Submit: Sendable {
    var operation: Operation
    var document: String
    var writer: Writer
  }

  init(
    _ part: Configuration.BackendPart, _ codec: Codec, loops: [LoopHandle], instruments: Instruments,
    now: @escaping @Sendable () -> Int64
  ) {
    self.part = part
    self.instruments = instruments
    duration = instruments.metrics.histogram(.backendDuration, [part.name])
    self.codec = codec
    self.now = now
    let dialect = codec.dialect
    let profile = part.profile ?? dialect.defaultProfile
    self.profile = profile
    messengers = loops.map { Messenger(part.settings, on: $0) }
    operations = Dictionary(dialect.operations.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
    var submits: [WorkKind: Submit] = [:]
    for operation in dialect.operations where operation.kind == .submit {
      guard let name = operation.reads, let writer = codec.writer(name, profile: profile) else { continue }
      let asked = dialect.documents[name]?.request
      for kind in WorkKind.allCases where (asked == "any" || asked == kind.name) && submits[kind] == nil {
        submits[kind] = Submit(operation: operation, document: name, writer: writer)
      }
    }
    self.submits = submits
    var headers: [(name: String, value: String)] = [("accept", String(dialect.produces.prefix { $0 != ";" }))]
    if let choice = dialect.choices.first(where: { $0.profile == profile }) {
      if choice.header == "accept" {
        headers[0].value += "; " + (choice.has ?? "")
      } else {
        headers.append((choice.header, choice.has ?? "1"))
      }
    }
    self.headers = headers
    credential = Backend.credential(part)
    watching = Watching(
      part.relays ? nil : credential, operations, backend: part.name, instruments.metrics
    ) { Backend.heads($0, headers, dialect) }
  }

  /// The gateway's credential, where it is the same for every call.
  private static func credential(_ part: Configuration.BackendPart) -> [(name: String, value: String)]? {
    guard let signer = part.signer else { return [] }
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    return signer.isSlow ? nil : try? signer.headers(method: "", target: "", body: nothing, now: 0)
  }

  deinit { for messenger in messengers { messenger.retire() } }

  var name: String { part.name }
  var number: Int64 { part.number }
  var dialect: Dialect { codec.dialect }

  /// Kinds of work that it can be asked for.
  var kinds: Set<WorkKind> { Set(submits.keys) }

  /// How its own addresses begin.
  var origins: [String] {
    part.settings.endpoints.map { (part.settings.tls == nil ? "http://" : "https://") + "\($0)" }
  }

  func submit(_ kind: WorkKind) -> Submit? { submits[kind] }

  /// Whether the platform has an operation of this kind.
  func operation(_ kind: Operation.Kind) -> Operation? { operations[kind] }

  /// What fills the places of a path.
  struct Target: Sendable {
    var account: String
    /// The platform's own id.
    var job = ""
    var node = ""
    var channel = ""
  }

  /// What went wrong with a call, and whether the platform may have heard of it.
  struct CallFault: Error {
    var fault: Fault
    var sent: UpstreamFault.Sent
    /// The platform has answered that it does not do what it was asked.
    var isRefusal = false
  }

  /// Calls the platform. An answer of 2xx is one; anything else is a fault, in the hub's words.
  func call(
    _ operation: Operation, _ target: Target, body: [UInt8] = [], query: String = "", _ way: Way
  ) async -> Result<Messenger.Answer, CallFault> {
    let begun = instruments.ticks()
    let result = await ask(operation, target, body: body, query: query, way)
    instruments.metrics.observe(duration, nanoseconds: Int64(clamping: instruments.ticks() &- begun))
    count(result, operation)
    return result
  }

  /// Counts a call by what became of it.
  func count(_ result: Result<Messenger.Answer, CallFault>, _ operation: Operation) {
    let word = if case .failure(let failure) = result { failure.fault.kind.rawValue } else { "ok" }
    instruments.metrics.add(instruments.metrics.counter(.backendCalls, [name, operation.name, word]))
  }

  private func ask(
    _ operation: Operation, _ target: Target, body: [UInt8], query: String, _ way: Way
  ) async -> Result<Messenger.Answer, CallFault> {
    guard let path = path(operation, target) else {
      return .failure(CallFault(fault: Fault(.badID, "the platform has no such id: \(target.job)"), sent: .no))
    }
    let asked = query.isEmpty ? path : path + "?" + query
    let heads = Backend.heads(operation, headers, dialect) + [("traceparent", way.trace)]
    var request = Messenger.Request(operation.method, asked, headers: heads, body: body)
    do throws(Fault) { request.headers += try credential(operation, path, body, way) } catch {
      return .failure(CallFault(fault: error, sent: .no))
    }
    return understood(await messengers[way.lane % messengers.count].call(request), operation)
  }

  /// What each call of an operation says, whoever asks.
  private static func heads(
    _ operation: Operation, _ headers: [(name: String, value: String)], _ dialect: Dialect
  ) -> [(name: String, value: String)] {
    var headers = headers
    if let type = operation.type { headers[0].value = type }
    guard operation.reads != nil else { return headers }
    let type = dialect.consumes.filter { $0.value == "json" && $0.key != "any" }.keys.min() ?? "application/json"
    return headers + [("content-type", type)]
  }

  /// What tells the platform who calls.
  private func credential(
    _ operation: Operation, _ path: String, _ body: [UInt8], _ way: Way
  ) throws(Fault) -> [(name: String, value: String)] {
    if part.relays { return try way.credential(for: self) }
    if let credential { return credential }
    guard let signer = part.signer else { return [] }
    let signed = body.withUnsafeBytes { bytes in
      Result { () throws(SigningFault) in
        try signer.headers(method: operation.method, target: path, body: bytes, now: now())
      }
    }
    do throws(SigningFault) { return try signed.get() } catch { throw Fault(.internal, "\(error)") }
  }

  /// The way there of the loop that the present thread is; nil when there is none.
  func upstream(_ lane: Int) -> Upstream? { messengers[lane % messengers.count].here }

  /// What an answer, or that there was none, means.
  func understood(
    _ result: Result<Messenger.Answer, UpstreamFault>, _ operation: Operation
  ) -> Result<Messenger.Answer, CallFault> {
    switch result {
    case .failure(let fault): return .failure(CallFault(fault: Backend.fault(fault, name), sent: fault.sent))
    case .success(let answer):
      if (200..<300).contains(answer.status) { return .success(answer) }
      // What a failing server has done nobody knows.
      return .failure(refusal(answer, operation))
    }
  }

  /// The path on the platform; nil when its ids cannot hold the job's.
  func path(_ operation: Operation, _ target: Target) -> String? {
    var path = part.base
    for segment in operation.path {
      switch segment {
      case .literal(let text): path += "/" + text
      case .parameter(let name):
        let value: String
        switch name {
        case "account": value = target.account
        case "job": value = target.job
        case "node": value = target.node
        default: value = target.channel
        }
        guard !value.isEmpty, let encoded = PercentEncoding.encode(value) else { return nil }
        path += "/" + encoded
      }
    }
    return path
  }

  /// What the platform said, as it means the caller: our own credentials are not the caller's, and what the platform
  /// finds wrong with a request that we wrote cannot be done over it.
  private func refusal(_ answer: Messenger.Answer, _ operation: Operation) -> CallFault {
    let said = answer.body.withUnsafeBytes {
      dialect.fault(status: answer.status, body: $0, during: operation.kind, codec: codec)
    }
    // Some platforms say no with a 500; their mapping tells it from a failure.
    let failures: [Fault.Kind] = [.internal, .backendNonsense, .backendSlow, .backendUnreachable]
    let isRefusal = (400..<500).contains(answer.status) || !failures.contains(said.kind)
    return CallFault(fault: meant(said, operation), sent: .maybe, isRefusal: isRefusal)
  }

  private func meant(_ said: Fault, _ operation: Operation) -> Fault {
    switch said.kind {
    case .noCredential where part.relays, .badCredential where part.relays, .forbidden where part.relays: return said
    case .noCredential, .badCredential, .forbidden:
      return Fault(.backendNonsense, "\(name) does not take the gateway's credentials")
    case .unknownRoute, .method, .mediaType, .notAcceptable:
      return Fault(.backendNonsense, "\(name) does not know what it was asked")
    case .malformed, .invalid, .tooLarge, .badID:
      return operation.kind == .submit ? Fault(.unsupported, "\(name) refuses it: \(said.text)") : said
    case .internal: return Fault(.backendNonsense, "\(name) failed: \(said.text)")
    default: return said
    }
  }

  /// What became of a call that got no answer.
  private static func fault(_ fault: UpstreamFault, _ name: String) -> Fault {
    switch fault.kind {
    case .refused, .unreachable, .tls, .overloaded, .cancelled, .timeout(.connect):
      Fault(.backendUnreachable, "\(name) cannot be reached: \(fault.kind)")
    case .timeout: Fault(.backendSlow, "\(name) does not answer in time")
    case .reset:
      fault.sent == .no
        ? Fault(.backendUnreachable, "\(name) has ended the connection")
        : Fault(.backendNonsense, "\(name) has ended the connection before its answer was whole")
    case .nonsense, .tooLarge: Fault(.backendNonsense, "\(name) gives no answer that can be understood")
    }
  }
}
