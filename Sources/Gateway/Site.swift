import JobModel
import Ledger
import Logging
import Mapping
import Phrasebook
import Policy
import Runner

/// Everything the rooms share while the server runs: made once at the start, never changed.
final class Site: Sendable {
  let configuration: Configuration
  /// All dialects; the canonical one is among them.
  let dialects: [Spoken]
  let canonical: Spoken
  let ids: JobIDs
  let hub: Hub
  let ledger: Ledger
  let runner: Runner
  let store: JobStore
  let snapshots: Snapshots
  let catalogue: Catalogue
  let losses = LossPolicy()
  let log: Logger
  let now: @Sendable () -> Int64

  init(
    configuration: Configuration, dialects: [Dialect], ledger: Ledger, log: Logger,
    now: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) throws(StartFault) {
    self.configuration = configuration
    self.ledger = ledger
    self.log = log
    self.now = now
    ids = JobIDs(key: Site.key(ledger.identity.key))
    let ids = ids
    self.dialects = dialects.map { Spoken(Codec($0, ids: ids)) }
    guard let canonical = self.dialects.first(where: { $0.codec.dialect.isCanonical }), let hub = Hub(canonical.codec)
    else {
      throw .mappings("there is no canonical dialect")
    }
    self.canonical = canonical
    self.hub = hub
    let snapshots = Snapshots()
    self.snapshots = snapshots
    catalogue = Catalogue(ledger: ledger)
    let outputs = configuration.data + "/outputs"
    let relay = Relay()
    let settings = RunnerSettings(
      outputs: outputs, attachments: configuration.data + "/attachments",
      environment: [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")],
      variables: configuration.runner.variables, outputLimit: configuration.runner.outputLimit,
      grace: .seconds(configuration.runner.grace))
    runner = Runner(
      inventory: configuration.runner.inventory, whitelist: configuration.runner.whitelist, settings: settings,
      clock: RunnerClock(now: now, sleep: sleep), tell: { await relay.tell($0) })
    let runner = runner
    store = JobStore(ledger: ledger, hub: hub, snapshots: snapshots, log: log, now: now) { job, node in
      guard let output = try? await runner.output(job: job, node: node, channel: .stdout) else { return nil }
      let text = String(decoding: output.bytes.prefix(Site.shownOutput), as: UTF8.self)
      return output.total > Int64(Site.shownOutput) ? text + "[truncated: \(output.total) bytes in all]" : text
    }
    relay.connect(store)
  }

  /// Bytes of a node's output that are kept in the job's own document.
  static let shownOutput = 16 * 1024

  private static func key(_ bytes: [UInt8]) -> (UInt64, UInt64) {
    func word(_ start: Int) -> UInt64 {
      bytes.dropFirst(start).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    return (word(0), word(8))
  }
}
