import JobModel
import Ledger
import Transport

/// A submit on its way: at most once (law 11). What may have been heard is never sent again; what nobody can say is in
/// doubt until it is found or settled.
struct Sending: Sendable {
  let site: Site

  /// Sends what the ledger has as `number`, which is in hand. Gives the platform's answer, or what the caller
  /// is told instead.
  func send(_ sent: Sent, as number: Int64, _ way: Way) async -> Result<[UInt8], Fault> {
    defer { site.core.doubts.leave(number) }
    if let fault = await advance(number, to: .sent) {
      await refuse(number, "the ledger could not be written")
      return .failure(fault)
    }
    switch await sent.backend.call(sent.operation, sent.target, body: sent.body, way) {
    case .success(let answer):
      guard let id = sent.backend.id(in: answer, of: sent.operation) else {
        return .failure(await doubt(number, sent, sent.backend.nonsense.fault))
      }
      if let fault = await bind(number, to: id, sent) { return .failure(fault) }
      return .success(answer.body)
    case .failure(let failure):
      if failure.sent == .no || failure.isRefusal {
        await refuse(number, failure.fault.text)
        log(number, sent, "the platform does not take the job", failure.fault)
        return .failure(failure.fault)
      }
      return .failure(await doubt(number, sent, failure.fault))
    }
  }

  /// The platform has the job, and this is its id there.
  private func bind(_ number: Int64, to id: String, _ sent: Sent) async -> Fault? {
    do throws(LedgerFault) {
      _ = try await site.bind(number, to: id, of: sent.backend.number)
      return nil
    } catch {
      // The platform has it, and will be found to have it.
      return await doubt(number, sent, Front.fault(error))
    }
  }

  private func advance(_ number: Int64, to state: SubmitIntent.State) async -> Fault? {
    do throws(LedgerFault) {
      _ = try await site.ledger.advance(number, to: state, at: site.now())
      return nil
    } catch {
      return Front.fault(error)
    }
  }

  /// It did not run and never will.
  func refuse(_ number: Int64, _ why: String) async {
    await site.store.observe(Observation(job: number, at: site.now(), what: .phase(.rejected, reason: why)))
    await site.store.settle()
    _ = await advance(number, to: .settled)
  }

  private func doubt(_ number: Int64, _ sent: Sent, _ fault: Fault) async -> Fault {
    _ = await advance(number, to: .inDoubt)
    await site.number(doubt: number, on: sent.backend.number)
    log(number, sent, "nobody knows whether the platform has the job", fault)
    return Fault(.backendSlow, fault.text + "; the job is in doubt")
  }

  private func log(_ number: Int64, _ sent: Sent, _ what: String, _ fault: Fault) {
    site.log.warning(
      "\(what)",
      metadata: [
        "job": "\(number)", "backend": "\(sent.backend.name)", "fault": "\(fault.kind.rawValue): \(fault.text)",
      ])
  }
}
