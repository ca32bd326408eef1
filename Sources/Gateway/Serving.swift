import Glibc
import JobModel
import Ledger
import Logging
import Mapping
import ServiceLifecycle
import Transport

/// The server as one service: it starts everything in order, runs until it is told to stop, and ends everything in the
/// opposite order.
package struct Serving: Service {
  private let configuration: Configuration
  private let dialects: [Dialect]
  private let log: Logger

  /// A server for a checked configuration.
  package init(_ configuration: Configuration, dialects: [Dialect], log: Logger) {
    self.configuration = configuration
    self.dialects = dialects
    self.log = log
  }

  /// Serves until SIGTERM or SIGINT; returns when everything has ended in good order.
  package func serve() async throws {
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: self)], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
    try await group.run()
  }

  /// The lifecycle's own remarks are for its authors.
  private func quiet(_ log: Logger) -> Logger {
    var log = log
    log.logLevel = .error
    return log
  }

  /// Starts, waits, ends.
  package func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let ledger = try openLedger()
    let site = try Site(
      configuration: configuration, dialects: dialects, ledger: ledger, log: log, now: Serving.now,
      sleep: { try await Task.sleep(for: $0) })
    let crashed = try await site.store.recover()
    if crashed > 0 {
      log.warning("jobs were under way when the server last ended; they read crashed", metadata: ["jobs": "\(crashed)"])
    }
    let servers = try await start(site)
    try? await gracefulShutdown()
    log.notice("stopping", metadata: ["drain": "\(configuration.drain) s"])
    await withTaskGroup(of: Void.self) { group in
      for server in servers { group.addTask { await server.drain(deadline: .seconds(configuration.drain)) } }
    }
    await endJobs(site)
    await site.store.settle()
    try await ledger.close()
    log.notice("stopped")
  }

  private func openLedger() throws -> Ledger {
    try Disk.makeFolder(configuration.data)
    let path = configuration.data + "/ledger.sqlite"
    do throws(LedgerFault) {
      return try Ledger.open(path: path, now: Serving.now()) { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
    } catch {
      throw StartFault.ledger(Serving.explain(error, path))
    }
  }

  private static func explain(_ fault: LedgerFault, _ path: String) -> String {
    switch fault {
    case .newer(let found, let known):
      "\(path): was written by a later version (schema \(found), this program knows \(known)); use that version"
    case .corrupt(let text): "\(path): is no ledger, or damaged: \(text)"
    case .full: "\(path): no room left on the device"
    case .busy: "\(path): another process holds it; is a server running already?"
    case .io(let text), .document(let text): "\(path): \(text)"
    case .closed: "\(path): is closed"
    }
  }

  private func start(_ site: Site) async throws -> [Server] {
    var servers: [Server] = []
    do {
      for listener in configuration.listeners {
        let server = Server(
          listen: [listener.address], limits: limits, responder: Front(site, listener), loops: 1)
        let bound = try await server.start()
        servers.append(server)
        log.notice(
          "listening",
          metadata: [
            "address": "\(bound.map(\.description).joined(separator: ", "))",
            "credentials": "open: nobody is asked who they are",
          ])
      }
      if let admin = configuration.admin {
        let server = Server(listen: [admin], limits: limits, responder: Admin(site), loops: 1)
        let bound = try await server.start()
        servers.append(server)
        log.notice("admin listening", metadata: ["address": "\(bound.map(\.description).joined(separator: ", "))"])
      }
    } catch {
      for server in servers { await server.drain(deadline: .zero) }
      throw StartFault.listen("\(error)")
    }
    return servers
  }

  /// The largest body any dialect takes, and a little more, so that the dialect itself can say that it is too large.
  private var limits: Limits {
    var limits = configuration.limits
    limits.bodyBytes = (dialects.map(\.size).max() ?? 1_000_000) + 4096
    return limits
  }

  /// Lets jobs finish within the time of the drain; ends the rest.
  private func endJobs(_ site: Site) async {
    let runner = site.runner
    let drain = configuration.drain
    let timer = Task {
      try await Task.sleep(for: .seconds(drain))
      await runner.stopAll()
    }
    await runner.drain()
    timer.cancel()
  }

  /// Milliseconds since 1970, UTC.
  package static let now: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
