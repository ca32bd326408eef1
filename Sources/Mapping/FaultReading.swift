import JobModel

extension Dialect {
  /// What a platform's own answer means: its table of faults, read backwards. A kind that the body names decides among
  /// several faults of one status; where that leaves more than one, what can go wrong with such an operation does.
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
    let text = said.text ?? "the platform answered \(status)"
    var known = faults.filter { $0.value.status == status }
    if let kind = said.kind {
      let named = known.filter { $0.value.kind == kind }
      if !named.isEmpty { known = named }
    }
    let order = Dialect.likely(operation) + Fault.Kind.allCases
    if let kind = order.first(where: { known[$0] != nil }) { return Fault(kind, text) }
    switch status {
    case 401: return Fault(.badCredential, text)
    case 403: return Fault(.forbidden, text)
    case 404: return Fault(operation == .submit || operation == .list ? .unknownRoute : .unknownJob, text)
    case 429: return Fault(.rateLimited, text)
    case 400..<500: return Fault(.invalid, text)
    case 503: return Fault(.backendUnreachable, text)
    case 504: return Fault(.backendSlow, text)
    default: return Fault(.internal, text)
    }
  }

  /// What an operation usually fails for, most likely first.
  private static func likely(_ operation: Operation.Kind) -> [Fault.Kind] {
    switch operation {
    case .submit: [.invalid, .noPhrase, .badCredential, .forbidden, .internal]
    case .stop: [.unknownJob, .alreadyOver, .badCredential, .forbidden, .internal]
    case .get, .nodes: [.unknownJob, .badCredential, .forbidden, .internal]
    case .output: [.unknownOutput, .badCredential, .forbidden, .internal]
    case .list: [.invalid, .badCredential, .forbidden, .internal]
    }
  }

  private func words(of body: UnsafeRawBufferPointer, _ codec: Codec) -> (kind: String?, text: String?) {
    let job = Job()
    guard let reader = codec.reader("fault"), (try? reader.read(body, into: job)) != nil else { return (nil, nil) }
    return (job.text(.faultKind), job.text(.faultText))
  }
}
