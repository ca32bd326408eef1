import JobModel
import Ledger
import Telemetry
import Transport

/// The door for whoever watches over the server: is it alive, is it ready, what is it doing, what is in doubt.
final class Admin: Responder {
  private let site: Site
  private static let paths = "/healthz, /readyz, /metrics, /jobs-in-doubt"

  init(_ site: Site) { self.site = site }

  final class Nothing {}

  func makeLoopState() -> AnyObject { Nothing() }

  func answer(_ exchange: Exchange) {
    if exchange.method == .post, exchange.pathString.hasPrefix(Self.doubts) { return settle(exchange) }
    guard exchange.method == .get || exchange.method == .head else { return say(exchange, 405, "only GET\n") }
    switch exchange.pathString {
    case "/healthz": say(exchange, 200, "ok\n")
    case "/readyz":
      later(exchange) { site in
        let missing = await Readiness.missing(site)
        return missing.isEmpty
          ? Page(text: "ready\n") : Page(status: 503, text: missing.map { "missing: \($0)\n" }.joined())
      }
    case "/metrics":
      later(exchange) { site in
        Page(type: "\(Metrics.contentType)", body: await site.core.instruments.metrics.exposition())
      }
    case "/jobs-in-doubt": later(exchange) { await Admin.doubtful($0) }
    default: say(exchange, 404, "there is \(Self.paths)\n")
    }
  }

  /// An answer in the making.
  struct Page: Sendable {
    var status = 200
    var type = "text/plain; charset=utf-8"
    var body: [UInt8]

    init(status: Int = 200, text: String) {
      self.status = status
      body = Array(text.utf8)
    }

    init(type: String, body: [UInt8]) {
      self.type = type
      self.body = body
    }
  }

  private func later(_ exchange: Exchange, _ make: @escaping @Sendable (Site) async -> Page) {
    let handle = exchange.hold()
    let site = site
    Task {
      let page = await make(site)
      handle.resume { self.say($0, page) }
    }
  }

  /// Submits of which nobody knows whether the backend has them.
  private static func doubtful(_ site: Site) async -> Page {
    do throws(LedgerFault) {
      let found = try await site.ledger.intents(in: [.intended, .sent, .inDoubt])
      let rows = found.map { intent in
        #"{"job":\#(intent.job),"backend":\#(intent.backend),"state":"\#(intent.state.rawValue)","since":\#(intent.at)}"#
      }
      return Page(type: "application/json", body: Array("[\(rows.joined(separator: ","))]\n".utf8))
    } catch {
      return Page(status: 503, text: "the ledger cannot be read\n")
    }
  }

  private static let doubts = "/jobs-in-doubt/"

  /// An operator's word on a job in doubt: `POST /jobs-in-doubt/NUMBER`, its id on the platform as the body, or no body
  /// when the platform does not have it.
  private func settle(_ exchange: Exchange) {
    guard let number = Int64(exchange.pathString.dropFirst(Self.doubts.count)) else {
      return say(exchange, 404, "there is no such job\n")
    }
    let id = String(decoding: exchange.body, as: UTF8.self).filter { !$0.isWhitespace }
    later(exchange) { site in
      switch await Settling(site: site).settle(number, as: id.isEmpty ? nil : id) {
      case nil: Page(text: "job \(number) is settled\n")
      case let why?: Page(status: 409, text: why + "\n")
      }
    }
  }

  private func say(_ exchange: Exchange, _ status: Int, _ text: String) {
    say(exchange, Page(status: status, text: text))
  }

  private func say(_ exchange: Exchange, _ page: Page) {
    exchange.begin(status: page.status)
    exchange.header("content-type", page.type)
    page.body.withUnsafeBytes { exchange.finish(body: $0) }
  }
}
