import Credentials
import JobModel
import Mapping
import Telemetry

/// A dialect as a listener speaks it. A class: a request refers to it and copies nothing.
final class Spoken: Sendable {
  let codec: Codec
  let routes: Routes
  /// Its operations, in the order of the mapping.
  let acts: [Act]
  /// Whether a backend of this dialect is shown its callers' own credentials.
  let relays: Bool
  /// How its callers show who they are; nil where they cannot.
  let scheme: Scheme?

  /// `sources` are the dialects of the platforms behind.
  init(_ codec: Codec, sources: [Dialect], relays: Bool, _ metrics: Metrics) {
    self.codec = codec
    self.relays = relays
    scheme = codec.dialect.credential.flatMap { Scheme(rawValue: $0.rawValue) }
    routes = Routes(codec.dialect)
    acts = codec.dialect.operations.map { Act($0, codec, sources, metrics) }
  }
}

/// An operation of a dialect, with what writes its answers.
final class Act: Sendable {
  let operation: Operation
  /// By profile.
  let writers: [String: Writer]
  /// Whether an answer shows numbers that only a catalogue knows: a package, a cluster, an owner.
  let numbers: Set<Field>
  /// Whether an answer shows how nodes are doing, be it only as a share of them.
  let showsNodes: Bool
  /// Whether an answer shows how long a job has been running.
  let showsElapsed: Bool
  let meter: Meter
  /// What an answer does not say of a job, by the dialect of the job's platform and the caller's profile.
  private let losses: [String: [String: Losses]]

  init(_ operation: Operation, _ codec: Codec, _ sources: [Dialect], _ metrics: Metrics) {
    self.operation = operation
    meter = Meter(
      metrics, dialect: codec.dialect.name, operation: operation.name, profiles: codec.dialect.profiles)
    var writers: [String: Writer] = [:]
    var numbers: Set<Field> = []
    var showsElapsed = false
    let document = operation.document.flatMap { codec.entries($0)?.document } ?? operation.document
    for profile in codec.dialect.profiles {
      if let name = operation.document { writers[profile] = codec.writer(name, profile: profile) }
      guard let shown = document.flatMap({ codec.writer($0, profile: profile) }) else { continue }
      if shown.carries & (1 << UInt64(Field.elapsed.rawValue)) != 0 { showsElapsed = true }
      guard !codec.dialect.isCanonical else { continue }
      for field in [Field.package, .cluster, .ownerID] where shown.carries & (1 << UInt64(field.rawValue)) != 0 {
        numbers.insert(field)
      }
    }
    self.writers = writers
    self.numbers = numbers
    var losses: [String: [String: Losses]] = [:]
    for source in sources where source.name != codec.dialect.name {
      for profile in codec.dialect.profiles {
        guard let name = document, let writer = codec.writer(name, profile: profile) else { continue }
        losses[source.name, default: [:]][profile] = Losses(
          from: source, to: codec.dialect, writer: writer, document: "job",
          beside: codec.writer("nodes", profile: profile))
      }
    }
    self.losses = losses
    let shown: UInt64 = 1 << UInt64(Field.nodes.rawValue) | 1 << UInt64(Field.progress.rawValue)
    showsNodes = writers.values.contains { $0.carries & shown != 0 }
    self.showsElapsed = showsElapsed
  }
}

extension Act {
  /// What an answer to this operation does not say of a job that a platform of the dialect `source` runs.
  func losses(_ job: Job, from source: String, profile: String) -> [Loss] {
    guard let losses = losses[source]?[profile], losses.mayLose(job) else { return [] }
    return losses.of(job, reader: nil)
  }
}

/// One request, once it is known what it asks for.
struct Visit: Sendable {
  let spoken: Spoken
  let act: Act
  let parameters: Routes.Parameters
  let profile: String
  /// The gateway's address as this caller knows it, without a slash at the end.
  let publicURL: String
  /// The name of whoever asks, as far as it is known; empty while it is only claimed.
  var principal = ""
  /// Who asks, once that is proven, or taken on trust where nobody is asked.
  var caller: Caller?
  /// Whether they may do it.
  var isPermitted = false
  var passage: Passage

  /// Whether nobody was asked who they are: then jobs of other dialects are everybody's.
  var isOnTrust: Bool { caller.map { $0.scheme == .open } ?? true }

  /// A token is asked for by whoever has none yet.
  var asksForCredential: Bool { act.operation.kind != .token }
}
