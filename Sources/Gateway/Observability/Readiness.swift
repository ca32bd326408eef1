import Ledger

/// What a server lacks to do its work.
enum Readiness {
  /// A line for each; empty when it is ready.
  static func missing(_ site: Site) async -> [String] {
    var missing: [String] = []
    if let fault = site.ledger.counters.failing { missing.append("ledger: \(fault.explained("ledger.sqlite"))") }
    do throws(LedgerFault) { _ = try await site.ledger.document(0) } catch {
      missing.append("ledger: \(error.explained("ledger.sqlite"))")
    }
    for log in site.core.instruments.logs.standing where log.isFailing {
      missing.append("\(log.log) log: its file cannot be written")
    }
    if site.configuration.runner.inventory.nodes.isEmpty { missing.append("runner: it has no nodes") }
    return missing
  }
}
