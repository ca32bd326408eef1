import Ledger
import Transport

/// The door for whoever watches over the server: is it alive, is it ready.
final class Admin: Responder {
  private let site: Site

  init(_ site: Site) { self.site = site }

  final class Nothing {}

  func makeLoopState() -> AnyObject { Nothing() }

  func answer(_ exchange: Exchange) {
    guard exchange.method == .get || exchange.method == .head else { return say(exchange, 405, "only GET\n") }
    switch exchange.pathString {
    case "/healthz": say(exchange, 200, "ok\n")
    case "/readyz": ready(exchange)
    default: say(exchange, 404, "there is /healthz and /readyz\n")
    }
  }

  private func ready(_ exchange: Exchange) {
    let handle = exchange.hold()
    let ledger = site.ledger
    Task {
      let answers: Bool
      do { answers = try await ledger.document(0) == nil } catch { answers = false }
      handle.resume { exchange in
        self.say(exchange, answers ? 200 : 503, answers ? "ready\n" : "missing: ledger\n")
      }
    }
  }

  private func say(_ exchange: Exchange, _ status: Int, _ text: String) {
    exchange.begin(status: status)
    exchange.header("content-type", "text/plain; charset=utf-8")
    exchange.finish(body: text)
  }
}
