import Credentials
import JobModel
import Ledger
import Logging
import Mapping
import Runner
import Telemetry
import Transport

/// One configuration at work, and what it shares with those before and after it. Made whole, never changed: a reload makes
/// another one.
final class Site: Sendable {
  let core: Core
  let configuration: Configuration
  /// All dialects; the canonical one is among them.
  let dialects: [Spoken]
  let canonical: Spoken
  /// Who may call, and what they may do.
  let gatekeeper: Gatekeeper
  /// By their numbers.
  let backends: [Int64: Backend]
  /// Of each dialect that has one, the backend whose ids its callers hold.
  let homes: [String: Backend]
  let access: AccessLog?
  let audit: AuditLog?
  /// What a client may cost; bodies somewhat more than any dialect takes, so that the dialect itself can refuse them.
  let limits: Limits

  let ids: JobIDs
  let hub: Hub
  let ledger: Ledger
  let runner: Runner
  let store: JobStore
  let snapshots: Snapshots
  let catalogue: Catalogue
  let log: Logger
  let now: @Sendable () -> Int64

  init(_ loaded: Loaded, core: Core) throws(StartFault) {
    self.core = core
    configuration = loaded.configuration
    let callers = loaded.configuration.callers
    gatekeeper = Gatekeeper(
      callers.directory, tokens: core.tokens, replays: core.replays, skew: Int64(callers.skew))
    let ids = core.ids
    let metrics = core.instruments.metrics
    let behind = Set(loaded.configuration.backends.map(\.dialect))
    let sources = loaded.dialects.filter { behind.contains($0.name) }
    let shown = Set(loaded.configuration.backends.filter(\.relays).map(\.dialect))
    dialects = loaded.dialects.map {
      Spoken(Codec($0, ids: ids), sources: sources, relays: shown.contains($0.name), metrics)
    }
    (access, audit) = try core.instruments.logs.open(loaded.configuration.log)
    var limits = loaded.configuration.limits
    limits.bodyBytes = (loaded.dialects.map(\.size).max() ?? 1_000_000) + 4096
    self.limits = limits
    var backends: [Int64: Backend] = [:]
    for part in loaded.configuration.backends {
      guard let spoken = dialects.first(where: { $0.codec.dialect.name == part.dialect }) else { continue }
      backends[part.number] = Backend(
        part, spoken.codec, loops: core.loops, instruments: core.instruments, now: core.now)
    }
    self.backends = backends
    homes = loaded.configuration.homes.compactMapValues { name in backends.values.first { $0.name == name } }
    core.name(loaded.configuration.backends)
    guard let canonical = dialects.first(where: { $0.codec.dialect.isCanonical }) else {
      throw .mappings("there is no canonical dialect")
    }
    self.canonical = canonical
    self.ids = ids
    hub = core.hub
    ledger = core.ledger
    runner = core.runner
    store = core.store
    snapshots = core.snapshots
    catalogue = core.catalogue
    log = core.log
    now = core.now
  }

  /// Where a new job goes, and what it may lose on the way.
  struct Course {
    /// Nil for the embedded backend.
    var backend: Backend?
    var allowed: Set<String> = []
  }

  /// The first route that fits; without one, the embedded backend.
  func course(_ work: NewWork) -> Course {
    guard let route = configuration.routes.first(where: work.fits) else { return Course() }
    return Course(backend: backends.values.first { $0.name == route.backend }, allowed: route.allowed)
  }
}
