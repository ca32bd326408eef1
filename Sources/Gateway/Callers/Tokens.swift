import Credentials
import JobModel
import Mapping
import Transport
import Wire

/// An operation that asks for a token.
extension Front {
  func issueToken(_ visit: Visit, _ exchange: Exchange) throws(Refusal) {
    let request: TokenRequest
    do throws(CredentialFault) { request = try TokenRequest(body: exchange.body) } catch {
      throw Refusal(Fault(error), visit)
    }
    let handle = exchange.hold()
    let site = site
    Task {
      let result = await site.core.logIns.logIn(request, site.gatekeeper)
      handle.resume { exchange in
        switch result {
        case .failure(let fault): self.refuse(exchange, fault, visit)
        case .success(let token):
          var visit = visit
          visit.principal = request.login
          self.hand(token, exchange, visit)
        }
      }
    }
  }

  private func hand(_ token: String, _ exchange: Exchange, _ visit: Visit) {
    let body = Array(JSON.object([JSON.Member("token", .string(token))]).compact.utf8)
    let status = visit.act.operation.status
    conclude(exchange, Conclusion(passage: acted(visit), status: status, bytes: body.count, visit: visit))
    begin(exchange, status, visit.passage)
    addType(exchange, visit)
    add("cache-control", "no-store", to: exchange)
    body.withUnsafeBytes { exchange.finish(body: $0) }
  }
}
