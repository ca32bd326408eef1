import Glibc
import Ledger
import Logging
import Runner
import ServiceLifecycle

/// The server as one service: it starts everything in order, runs until it is told to stop, and ends everything in the
/// opposite order.
package struct Serving: Service {
  private let loaded: Loaded
  private let path: String?
  private let version: String
  private let loops: Int
  private let level: SharedLevel
  private let log: Logger
  private let notify = NotifySocket { getenv($0).map { String(cString: $0) } }
  private let sockets = InheritedSockets(environment: { getenv($0).map { String(cString: $0) } }, process: getpid())

  /// A server for a checked configuration, and the file it was read from.
  ///
  /// - Parameter loops: event loops, if not as many as the configuration says.
  package init(_ loaded: Loaded, path: String?, version: String, loops: Int? = nil) {
    self.loaded = loaded
    self.loops = loops ?? loaded.configuration.loops
    self.path = path
    self.version = version
    level = SharedLevel(Logger.Level(rawValue: loaded.configuration.log.level) ?? .info)
    log = level.logger("dragoman")
  }

  /// Serves until SIGTERM or SIGINT; returns when everything has ended in good order.
  package func serve() async throws {
    var quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
    quiet.logLevel = .critical
    let group = ServiceGroup(
      configuration: .init(
        // Without a name the service would be described by all that it holds: the whole configuration.
        services: [.init(service: self, serviceName: "dragoman")],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
  }

  /// Starts, waits, ends.
  package func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let instruments = Instruments(
      level: level, logs: Logs(log: log), now: Serving.now(), version: version, ticks: Serving.ticks)
    let ledger = try openLedger()
    let doors = Doors(loops: loops, sockets: sockets, log: log)
    let core = try Core(
      loaded, ledger: ledger, loops: try await doors.begin(), log: log, instruments: instruments,
      guardian: ["/proc/self/exe", "guardian"],
      now: Serving.now,
      sleep: { try await Task.sleep(for: $0) })
    let site = try Site(loaded, core: core)
    try await recover(core)
    do throws(RunnerFault) { try await core.runner.prepare() } catch .unready(let text) {
      throw StartFault.configuration("the embedded backend cannot start: \(text)")
    }
    Gauges.add(to: instruments.metrics, core: core, doors: doors)
    try await doors.serve(site, admin: Admin(site))
    let reloader = Reloader(loaded, path: path, site: site, core: core, doors: doors, notify: notify)
    notify.ready("serving")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await Errands(core: core, reloader: reloader, notify: notify).run() }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await end(core, doors, await reloader.site.configuration.drain)
  }

  private func openLedger() throws -> Ledger {
    try Disk.makeFolder(loaded.configuration.data)
    let path = loaded.configuration.data + "/ledger.sqlite"
    do throws(LedgerFault) {
      return try Ledger.open(path: path, now: Serving.now(), clock: { Int64(Serving.ticks() / 1000) }) { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
    } catch {
      throw StartFault.ledger(error.explained(path))
    }
  }

  /// What an earlier server left: its jobs have crashed, and what is left of their processes ends.
  private func recover(_ core: Core) async throws {
    let crashed: Int
    do throws(LedgerFault) {
      crashed = try await core.store.recover()
      try await core.rows.load(loaded.dialects.filter(\.countsJobs).map(\.name), core.ledger)
    } catch {
      throw StartFault.ledger(error.explained(loaded.configuration.data + "/ledger.sqlite"))
    }
    guard crashed > 0 else { return }
    log.warning("jobs were under way when the server last ended; they read crashed", metadata: ["jobs": "\(crashed)"])
  }

  private func end(_ core: Core, _ doors: Doors, _ drain: Int) async {
    notify.stopping()
    log.notice("stopping", metadata: ["drain": "\(drain) s"])
    await doors.drain(drain)
    await endJobs(core, drain)
    await core.store.settle()
    await core.instruments.logs.close()
    do throws(LedgerFault) { try await core.ledger.close() } catch {
      log.error("the ledger did not close in good order", metadata: ["fault": "\(error.kind)"])
    }
    log.notice("stopped")
  }

  /// Lets jobs finish within the time of the drain; ends the rest.
  private func endJobs(_ core: Core, _ drain: Int) async {
    let runner = core.runner
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

  /// Nanoseconds of a clock that nobody sets.
  static let ticks: Ticks = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
