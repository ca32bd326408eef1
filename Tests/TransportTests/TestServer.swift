import Synchronization
import Transport

/// A server on a free port with the responder below, for as long as `body` runs.
func withServer(
  _ change: (inout Limits) -> Void = { _ in }, loops: Int = 1, tls: TLSTerms? = nil,
  _ body: (TestServer) async throws -> Void
) async throws {
  var limits = Limits()
  limits.lingerTime = .milliseconds(500)
  change(&limits)
  let responder = EchoResponder()
  let server = Server(loops: loops)
  let bound = try await server.apply([Listener(on: .free, responder: responder, tls: tls)], limits: limits)
  let test = TestServer(server: server, responder: responder, port: bound[0].port)
  do {
    try await body(test)
  } catch {
    await server.drain(deadline: .zero)
    throw error
  }
  await server.drain(deadline: .milliseconds(200))
}

extension Address {
  /// A port that the system picks.
  static let free = Address(host: "127.0.0.1", port: 0)
}

struct TestServer: Sendable {
  var server: Server
  var responder: EchoResponder
  var port: Int

  var url: String { "http://127.0.0.1:\(port)" }

  /// Whether an ordinary request on a new connection is still answered.
  func stillAnswers() async throws -> Bool {
    let client = try RawClient(port: port)
    try await client.send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n")
    return try await client.reply().status == 200
  }
}

/// Answers by path; what it has seen can be looked up.
final class EchoResponder: Responder {
  let handles = Mutex<[Handle]>([])
  let seen = Mutex<[String]>([])
  /// How often it has heard that nobody is left.
  let leaves = Atomic<Int>(0)

  final class LoopState { var answered = 0 }

  func makeLoopState() -> AnyObject { LoopState() }

  func letGo(of state: AnyObject) { if state is LoopState { leaves.wrappingAdd(1, ordering: .relaxed) } }

  func answer(_ exchange: Exchange) {
    (exchange.context as? LoopState)?.answered += 1
    let path = exchange.pathString
    seen.withLock { $0.append("\(exchange.methodString) \(path)") }
    if exchange.bodyTooLarge {
      exchange.begin(status: 413)
      return exchange.finish(body: "too large")
    }
    switch path {
    case "/echo": echo(exchange)
    case "/describe": describe(exchange)
    case "/big": big(exchange)
    case "/status": plain(exchange, Int(exchange.queryString) ?? 200)
    case "/split":
      exchange.begin(status: 200)
      exchange.header("X-Text", "a\r\nx-evil: 1")
      exchange.header("Content-Length", "99")
      exchange.finish(body: "ok")
    case "/later": later(exchange)
    case "/keep": handles.withLock { $0.append(exchange.hold()) }
    case "/forget": break
    default: plain(exchange, 200)
    }
  }

  private func plain(_ exchange: Exchange, _ status: Int) {
    exchange.begin(status: status)
    exchange.finish(body: "answer to \(exchange.pathString)")
  }

  private func echo(_ exchange: Exchange) {
    exchange.begin(status: 200)
    exchange.header("content-type", "text/plain")
    exchange.finish(body: exchange.body)
  }

  private func describe(_ exchange: Exchange) {
    var lines = ["\(exchange.methodString) \(exchange.method) \(exchange.pathString) \(exchange.queryString)"]
    lines.append("\(exchange.version) \(exchange.peer) host=\(exchange.headerString("host") ?? "-")")
    if exchange.secure {
      let certificate = exchange.clientCertificate
      lines.append("secure name=\(certificate?.commonName ?? "-") of=\(certificate?.subject ?? "-")")
    }
    exchange.forEachHeader { name, value in
      lines.append("\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))")
    }
    lines.append("body=\(String(decoding: exchange.body, as: UTF8.self))")
    exchange.begin(status: 200)
    exchange.finish(body: lines.joined(separator: "\n"))
  }

  private func big(_ exchange: Exchange) {
    let size = Int(exchange.queryString) ?? 1 << 20
    exchange.begin(status: 200)
    exchange.append(room: size) { room in
      for index in 0..<room.count { room[index] = UInt8(97 + index % 26) }
      return room.count
    }
    exchange.finish()
  }

  private func later(_ exchange: Exchange) {
    let handle = exchange.hold()
    Task {
      try? await Task.sleep(for: .milliseconds(30))
      handle.resume { exchange in
        exchange.begin(status: 200)
        exchange.finish(body: "later \(exchange.pathString)")
      }
    }
  }
}
