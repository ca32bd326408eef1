import Credentials
import JobModel
import Mapping
import Transport

/// How a listener comes to know its callers: it asks them, or, where it is open, takes their word.
struct Callers: Sendable {
  let gatekeeper: Gatekeeper
  /// Nobody is asked for anything.
  let isOpen: Bool
  /// Milliseconds since 1970, UTC.
  let now: @Sendable () -> Int64

  /// What a request's head shows, in the way its dialect has it shown.
  func evidence(_ exchange: Exchange, _ spoken: Spoken) throws(Fault) -> Evidence {
    guard let scheme = isOpen ? .open : spoken.scheme else {
      throw Fault(.forbidden, "'\(spoken.codec.dialect.name)' knows no way to show who you are")
    }
    do throws(CredentialFault) { return try gatekeeper.evidence(exchange, scheme, now: now()) } catch {
      throw Fault(error)
    }
  }

  /// Who is calling. A signed request that does something is good once.
  func caller(_ evidence: Evidence, _ exchange: Exchange, _ visit: Visit) throws(Fault) -> Caller {
    let account = visit.parameters.account
    do throws(CredentialFault) {
      return try gatekeeper.caller(
        evidence, exchange, body: exchange.body, account: account.isEmpty ? nil : account,
        repeats: visit.act.operation.kind.repeats, now: now())
    } catch {
      throw Fault(error)
    }
  }

  /// Whether the caller of a visit may do what they ask for; `job` is the request as it was read.
  func permit(_ caller: Caller, _ visit: Visit, _ job: Job) throws(Fault) {
    guard let deed = visit.deed(job) else { return }
    do throws(CredentialFault) { try gatekeeper.permit(caller, deed) } catch { throw Fault(error) }
  }
}

extension Fault {
  /// Why a caller is turned away.
  init(_ fault: CredentialFault) {
    self.init(Kind(rawValue: fault.kind.rawValue) ?? .forbidden, fault.text)
    word = fault.word
    challenges = fault.challenges
  }
}
