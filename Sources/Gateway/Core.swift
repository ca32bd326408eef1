import Credentials
import JobModel
import Ledger
import Logging
import Mapping
import Runner
import Transport

/// What lives as long as the process, whatever the configuration says meanwhile: jobs, where they are kept, what runs them.
final class Core: Sendable {
  /// The form in which the ledger keeps jobs: the canonical dialect as it was at the start.
  let canonical: Codec
  let ids: JobIDs
  let hub: Hub
  let ledger: Ledger
  let runner: Runner
  let store: JobStore
  let snapshots: Snapshots
  let catalogue: Catalogue
  let log: Logger
  let instruments: Instruments
  let now: @Sendable () -> Int64
  /// The tokens that were issued.
  let tokens: IssuedTokens
  let logIns: LogIns
  /// The signatures that were seen already.
  let replays: ReplayMemory
  /// What calls to backends are made on.
  let loops: [LoopHandle]
  let doubts = Doubts()
  let rows = Rows()
  private let names: BackendNames

  init(
    _ loaded: Loaded, ledger: Ledger, loops: [LoopHandle], log: Logger, instruments: Instruments, guardian: [String]?,
    now: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) throws(StartFault) {
    self.ledger = ledger
    self.log = log
    self.instruments = instruments
    self.now = now
    let callers = loaded.configuration.callers
    replays = ReplayMemory(capacity: callers.replays, skew: Int64(callers.skew))
    let book = TokenBook(path: loaded.configuration.data + "/tokens")
    tokens = IssuedTokens(rules: callers.tokens, records: try book.read(now: now()))
    logIns = LogIns(book: book, log: log, now: now)
    self.loops = loops
    ids = JobIDs(key: Core.key(ledger.identity.key))
    guard let canonical = loaded.dialects.first(where: \.isCanonical) else {
      throw .mappings("there is no canonical dialect")
    }
    self.canonical = Codec(canonical, ids: ids)
    guard let hub = Hub(self.canonical) else { throw .mappings("the canonical dialect has no document 'job'") }
    self.hub = hub
    let snapshots = Snapshots()
    self.snapshots = snapshots
    catalogue = Catalogue(ledger: ledger)
    let relay = Relay()
    let names = BackendNames()
    self.names = names
    let part = loaded.configuration.runner
    runner = Runner(
      inventory: part.inventory, whitelist: part.whitelist,
      settings: part.settings(data: loaded.configuration.data, guardian: guardian),
      clock: RunnerClock(now: now, sleep: sleep), tell: { await relay.tell($0) })
    let runner = runner
    store = JobStore(
      ledger: ledger, hub: hub, snapshots: snapshots, doubts: doubts, log: log, now: now, backendName: { names[$0] },
      over: { instruments.over($0, backend: names[$1]) }
    ) { job, node in
      guard let output = try? await runner.output(job: job, node: node, channel: .stdout) else { return nil }
      let text = String(decoding: output.bytes.prefix(Core.shownOutput), as: UTF8.self)
      return output.total > Int64(Core.shownOutput) ? text + "[truncated: \(output.total) bytes in all]" : text
    }
    relay.connect(store)
  }

  /// Bytes of a node's output that are kept in the job's own document.
  private static let shownOutput = 16 * 1024

  /// What a backend is called in logs and metrics.
  func backendName(_ number: Int64) -> String { names[number] }

  /// Remembers what backends are called.
  func name(_ backends: [Configuration.BackendPart]) { names.take(backends) }

  private static func key(_ bytes: [UInt8]) -> (UInt64, UInt64) {
    func word(_ start: Int) -> UInt64 {
      bytes.dropFirst(start).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    return (word(0), word(8))
  }
}
