import Ledger

/// An operator's word on a submit in doubt.
struct Settling: Sendable {
  let site: Site

  /// Settles a job: it has this id on its platform, or, without one, the platform never had it. Says why that cannot be.
  func settle(_ number: Int64, as id: String?) async -> String? {
    do throws(LedgerFault) {
      guard let intent = try await site.ledger.intent(of: number), [.sent, .inDoubt].contains(intent.state),
        !site.core.doubts.isInHand(number)
      else { return "job \(number) is not in doubt" }
      guard let id else {
        await Sending(site: site).refuse(number, "settled: the platform never had it")
        return nil
      }
      if let other = try await site.ledger.number(backend: intent.backend, backendID: id) {
        return "job \(other) has the id \(id) already"
      }
      guard try await site.bind(number, to: id, of: intent.backend) else {
        return "job \(number) has another id already"
      }
      return nil
    } catch {
      return "the ledger failed: \(error.kind)"
    }
  }
}
