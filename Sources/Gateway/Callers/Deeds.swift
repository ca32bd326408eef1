import Credentials
import JobModel
import Mapping

extension Visit {
  /// What a request wants to do, for whoever permits it; nil where nobody is asked for permission.
  func deed(_ job: Job) -> Deed? {
    guard let operation = act.operation.kind.permission else { return nil }
    let account = parameters.account.isEmpty ? nil : parameters.account
    var deed = Deed(operation, dialect: spoken.codec.dialect.name, account: account)
    guard operation == .submit else { return deed }
    if let task = job.text(.task) { deed.work = .task(task) }
    if job.has(.environment), deed.work == nil { deed.work = .converge }
    if let group = job.text(.group) { deed.scope = .group(group) }
    if job.has(.query) { deed.scope = .query }
    return deed
  }
}

extension Visit {
  /// By which a repeat of this request is known: its signature, for a signed request that was overheard is good once, and
  /// the name that its caller gave it.
  func names(_ given: String?) -> [String] {
    [caller?.nonce.map { "signature \($0.text)" }, given].compactMap { $0 }
  }
}

extension Operation.Kind {
  /// What it takes to be allowed.
  fileprivate var permission: Permission.Operation? {
    switch self {
    case .get, .list, .nodes, .report, .events, .output, .inventory, .node: .read
    case .submit: .submit
    case .stop: .stop
    case .token: nil
    }
  }

  /// What a signature that was seen before means: nothing where nothing is changed, and nothing where the ledger knows it
  /// (`Visit.names`), which makes no second job of it.
  var repeats: Repeats {
    switch self {
    case .get, .list, .nodes, .report, .events, .output, .inventory, .node, .token, .submit: .allowed
    case .stop: .refused
    }
  }
}
