import Testing
import Transport

/// A loop of a server that listens nowhere, for as long as `body` runs.
func withLoop(_ body: (LoopHandle) async throws -> Void) async throws {
  let server = Server(loops: 1)
  try await server.apply([])
  do { try await body(try #require(server.loops.first)) } catch {
    await server.drain(deadline: .zero)
    throw error
  }
  await server.drain(deadline: .zero)
}

extension UpstreamSettings {
  /// Ports of this machine, with the patience that calls have unless told otherwise: the machine may be slow.
  init(
    ports: [Int], http: Protocols = .http1, tls: UpstreamTLS? = nil,
    _ change: (inout UpstreamSettings) -> Void = { _ in }
  ) {
    self.init(endpoints: ports.map { Endpoint(host: "127.0.0.1", port: $0) }, http: http, tls: tls)
    times.connect = .seconds(30)
    times.progress = .seconds(30)
    bounds.bodyBytes = 1 << 20
    change(&self)
  }

  /// The answer has to begin and go on within two seconds.
  mutating func hurry() {
    times.firstByte = .seconds(2)
    times.progress = .seconds(2)
  }
}

extension Result where Success == Messenger.Answer, Failure == UpstreamFault {
  /// The fault, if it is one.
  var fault: UpstreamFault? { if case .failure(let fault) = self { fault } else { nil } }

  /// The status; 0 without an answer.
  var status: Int { if case .success(let answer) = self { answer.status } else { 0 } }

  /// The body as text.
  var text: String { if case .success(let answer) = self { String(decoding: answer.body, as: UTF8.self) } else { "" } }
}
