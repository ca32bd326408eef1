import JobModel
import Ledger
import Mapping
import Policy
import Wire

/// A submit made ready for a platform: its own words for what was asked, and what that costs. Everything that can be refused
/// is refused while it is made.
struct Sent: Sendable {
  let backend: Backend
  let operation: Operation
  let target: Backend.Target
  private(set) var body: [UInt8]
  /// The nodes that are named.
  private(set) var nodes: [String]
  /// What the platform is to find in the request; empty where nothing can carry it.
  let mark: String
  let losses: [Loss]
  /// Seconds after which the gateway ends the job, when the platform does not.
  let timeout: Int64?
  /// Whether the caller is answered in the platform's own words.
  let passesOn: Bool
  private let writer: Writer
  /// What the platform is to run, a canonical document, where the gateway counts the nodes itself; see `Quorum`.
  private(set) var counted: [UInt8]?
  /// Whether the quorum may get lost, when they cannot be counted.
  let mayLoseQuorum: Bool

  /// `job` is what was asked, with its defaults; it is put into the platform's words. Throws in the hub's words.
  ///
  /// - Parameter asked: the request's own JSON, when it came as JSON: between two sides of one dialect it goes on untouched.
  init(
    _ job: Job, _ kind: WorkKind, _ visit: Visit, _ site: Site, _ course: Site.Course, mark: String,
    asked: UnsafeRawBufferPointer?
  ) throws(Fault) {
    guard let backend = course.backend else { throw Fault(.internal, "the embedded backend is sent nothing") }
    self.backend = backend
    let source = visit.spoken.codec.dialect
    if !backend.kinds.contains(kind) {
      if let nodes = try Sent.nodes(job, site) { job.set(.targets, texts: nodes) }
      try Rephrasing(site.configuration.phrasebook).rephrase(job, into: backend.kinds)
    }
    guard let submit = backend.submit(job.kind ?? kind) else {
      throw Fault(.unsupported, "\(backend.name) runs nothing of the kind \(kind.name)")
    }
    operation = submit.operation
    let carries = submit.writer.carries
    func isCarried(_ field: Field) -> Bool { carries & (1 << UInt64(field.rawValue)) != 0 }
    for field in [Field.group, .query, .cluster] where job.has(field) && !isCarried(field) && isCarried(.targets) {
      if let nodes = try Sent.nodes(job, site) { job.set(.targets, texts: nodes) }
      job.clear(field)
    }
    if isCarried(.cluster), !isCarried(.targets) { try Sent.place(job, site) }
    // One unit runs the job: all of it, or nothing.
    if !isCarried(.targets), !isCarried(.quorum) { job.clear(.quorum) }
    let reader = visit.spoken.codec.reader(visit.act.operation.reads ?? "submit")
    let counts = isCarried(.targets) && !isCarried(.quorum) && job.has(.quorum) && backend.operation(.inventory) != nil
    let found = Losses(
      from: source, to: backend.dialect, writer: submit.writer, document: "submit",
      emulated: counts ? [.timeout: .emulated, .quorum: .narrowed] : [.timeout: .emulated]
    ).of(job, reader: reader)
    // What the platform cannot count to the second the gateway sees to, too.
    let isExact = isCarried(.timeout) && !found.contains { $0.field == Field.timeout.name }
    timeout = isExact ? nil : job.integer(.timeout)
    if let refused = LossPolicy(allowing: course.allowed).refusal(among: found) {
      throw Fault(.refusedLoss, "\(refused.field) cannot be carried over: \(refused.because)", field: refused.field)
    }
    // What would be refused is allowed to get lost.
    losses = found.map { $0.disposition == .refused ? Loss($0.field, .dropped, because: $0.because) : $0 }
    nodes = job.texts(.targets) ?? []
    if job.has(.targets) { job.set(.targets, texts: nodes.map(backend.part.nodes.there)) }
    writer = submit.writer
    target = Backend.Target(account: backend.part.account ?? visit.parameters.account)
    mayLoseQuorum = course.allowed.contains(Field.quorum.name)
    passesOn = site.passesOn(backend, visit)
    if passesOn, let asked, submit.operation.name == visit.act.operation.name {
      self.mark = ""
      body = Array(asked)
      return
    }
    self.mark = source.name == backend.dialect.name ? "" : Sent.carry(mark, job, backend.dialect)
    if counts { counted = site.hub.bytes(job) }
    body = Sent.written(job, writer)
  }

  private static func written(_ job: Job, _ writer: Writer) -> [UInt8] {
    let output = Output(capacity: 1024)
    writer.write(job, to: output)
    return Array(output.written)
  }

  /// Leaves out all nodes but these.
  mutating func narrow(to nodes: [String], _ hub: Hub) throws(Fault) {
    guard let counted, nodes != self.nodes else { return }
    let job = Job()
    try hub.load(counted, into: job)
    job.set(.targets, texts: nodes.map(backend.part.nodes.there))
    self.nodes = nodes
    body = Sent.written(job, writer)
  }

  /// A platform that knows clusters only: the cluster a phrase names must be the nodes that were asked for; without a
  /// phrase's word it is the cluster of exactly these nodes.
  private static func place(_ job: Job, _ site: Site) throws(Fault) {
    guard let nodes = job.texts(.targets) else { return }
    let clusters = site.configuration.phrasebook.clusters
    if let named = job.text(.cluster) {
      if let known = clusters[named], Set(known) != Set(nodes) {
        throw Fault(
          .refusedLoss, "the job would run on cluster \(named), which is \(known.joined(separator: ", "))",
          field: Field.targets.name)
      }
    } else if let found = clusters.filter({ Set($0.value) == Set(nodes) }).keys.min() {
      job.set(.cluster, text: found)
    } else {
      throw Fault(
        .noPhrase, "nobody has said which cluster \(nodes.joined(separator: ", ")) is", field: Field.targets.name)
    }
    job.clear(.targets)
  }

  /// Puts the mark where the dialect carries one; empty when it has no place for it.
  private static func carry(_ mark: String, _ job: Job, _ dialect: Dialect) -> String {
    guard let carrier = dialect.carrier, !dialect.carrierNeedsLeave, let field = Field(name: carrier.field) else {
      return ""
    }
    guard field.form == .json else {
      guard !job.has(field) else { return "" }
      job.set(field, text: mark)
      return mark
    }
    var members = job.json(field).flatMap { try? JSON(parsing: $0, duplicates: .lastWins) }?.members ?? []
    members.append(JSON.Member(carrier.name, .string(mark)))
    job.set(field, text: JSON.object(members).compact)
    return mark
  }

  /// The nodes that a group, a query or a cluster means here; nil when the request names none of them.
  private static func nodes(_ job: Job, _ site: Site) throws(Fault) -> [String]? {
    guard !job.has(.targets), job.has(.group) || job.has(.query) || job.has(.cluster) else { return nil }
    return try Draft.nodes(job, .command, site)
  }
}
