import JobModel

extension Dialect {
  /// What a platform's own answer means: by its table `recognise`, the most telling entry first; by its table of faults
  /// read backwards, where only one fault has the kind that the body names; else by what the status means everywhere.
  ///
  /// - Parameters:
  ///   - status: of the answer, not from 200 to 299.
  ///   - body: as it came, perhaps no document at all.
  ///   - operation: what was asked for.
  ///   - codec: this dialect's.
  package func fault(
    status: Int, body: UnsafeRawBufferPointer, during operation: Operation.Kind, codec: Codec
  ) -> Fault {
    let said = words(of: body, codec)
    let text = said.text.flatMap { $0.isEmpty ? nil : String($0.prefix(1000)) } ?? "the platform answered \(status)"
    let fitting = recognitions.filter { $0.fits(status: status, kind: said.kind, text: said.text, during: operation) }
    if let best = fitting.max(by: { $0.weight < $1.weight }) { return Fault(best.fault, text) }
    let named = faults.filter { !$0.value.kind.isEmpty && $0.value.kind == said.kind }
    if let only = named.keys.first, named.count == 1 { return Fault(only, text) }
    return Fault(Dialect.meaning(of: status, during: operation), text)
  }

  /// What a status means where nothing else is known.
  private static func meaning(of status: Int, during operation: Operation.Kind) -> Fault.Kind {
    switch status {
    case 401: .badCredential
    case 403: .forbidden
    case 404, 410: missing(operation)
    case 405: .method
    case 406: .notAcceptable
    case 408, 504: .backendSlow
    case 409: operation == .stop ? .alreadyOver : .invalid
    case 413: .tooLarge
    case 415: .mediaType
    case 429: .rateLimited
    case 400..<500: .invalid
    case 503: .backendUnreachable
    case 500...599 where status != 502: .internal
    default: .backendNonsense
    }
  }

  /// What is not there: what the path names, or the operation itself.
  private static func missing(_ operation: Operation.Kind) -> Fault.Kind {
    switch operation {
    case .get, .nodes, .stop, .output, .report, .events: .unknownJob
    case .node: .unknownNode
    case .submit, .list, .inventory, .token: .unknownRoute
    }
  }

  private func words(of body: UnsafeRawBufferPointer, _ codec: Codec) -> (kind: String?, text: String?) {
    let job = Job()
    guard let reader = codec.reader("fault"), (try? reader.read(body, into: job)) != nil else { return (nil, nil) }
    return (job.text(.faultKind), job.text(.faultText))
  }
}
