import Credentials
import JobModel
import Ledger
import Mapping
import Phrasebook
import Policy
import Runner
import Wire

/// A submit that has been understood: the job as it will be stored, and what is to be done. Everything that can be refused
/// is refused while it is made.
struct Draft: Sendable {
  /// The canonical document, still without a number.
  private(set) var document: [UInt8]
  private(set) var work: Work
  let names: Catalogue.Names
  let created: Int64
  private(set) var losses: [Loss]
  let kind: WorkKind
  /// What is to run, in the caller's words, for logs.
  let title: String
  /// Whose request it is, and which.
  let request: Doubts.Request
  /// What is owed to the job.
  let obligations: [Obligation]

  /// What is done with the job once it is written down.
  enum Work: Sendable {
    /// It runs on the embedded backend.
    case run(RunOrder)
    /// It goes to a platform.
    case send(Sent)
  }

  /// It does not run: too few of its nodes are there.
  private(set) var isRejected = false

  /// Takes in what became of its nodes before the start: those that run it, and what the others are.
  mutating func begin(on sent: Sent, as document: [UInt8], isRejected: Bool) {
    work = .send(sent)
    self.document = document
    self.isRejected = isRejected
  }

  /// Nobody counts the nodes: the quorum is lost, as it may be.
  mutating func loseQuorum(because text: String) {
    losses.removeAll { $0.field == Field.quorum.name }
    losses.append(Loss(Field.quorum.name, .dropped, because: text))
  }

  /// What goes to a platform, if anything does.
  var sent: Sent? { if case .send(let sent) = work { sent } else { nil } }

  /// The platform it goes to; nil for the embedded backend.
  var backend: Backend? { sent?.backend }

  /// Makes defaults real, finds where the job goes and the words that are spoken there, and judges what would be lost.
  /// Throws in the hub's words.
  ///
  /// - Parameters:
  ///   - body: as it came.
  ///   - isJSON: whether it is the request's document, and no form of it.
  init(_ job: Job, _ visit: Visit, _ body: UnsafeRawBufferPointer, isJSON: Bool, _ site: Site) throws(Fault) {
    let rules = visit.spoken.codec.dialect.documents[visit.act.operation.reads ?? "submit"]
    Draft.unmark(job, visit.spoken.codec.dialect)
    job.take(rules?.standards ?? [], carried: .max)
    if job.kind == nil { job.kind = Draft.kind(job) }
    guard let kind = job.kind else { throw Fault(.invalid, "the request does not say what to run") }
    self.kind = kind
    let repeats = Draft.nameOnce(job)
    title = Rephrasing.intent(job, kind).name
    request = Doubts.Request(
      dialect: visit.spoken.codec.dialect.name, scope: visit.parameters.account, principal: visit.principal,
      digest: RequestDigest.of(body))
    created = site.now()
    let course = site.course(
      NewWork(
        dialect: visit.spoken.codec.dialect.name, account: visit.parameters.account, title: title,
        nodes: job.texts(.targets) ?? []))
    if course.backend == nil {
      let order = try Draft.order(job, kind, site)
      losses = try Draft.losses(job, kind, course)
      work = .run(order)
      job.set(.command, text: order.command)
      let longest = min(max(0, order.runTimeout), 1 << 40) + Int64(site.configuration.runner.longestVoteAndGrace)
      obligations = [Obligation(kind: Errands.overdue, due: created + longest * 1000)]
      document = Draft.document(job, order.nodes, visit, site, created)
      names = Catalogue.Names(job)
    } else {
      document = Draft.document(job, job.texts(.targets), visit, site, created)
      names = Catalogue.Names(job)
      // The platform hears what was asked, not what has become of it here.
      for field in [Field.owner, .created, .entered, .changed, .phase, .history, .nodes] { job.clear(field) }
      let sent = try Sent(job, kind, visit, site, course, mark: Draft.mark(), asked: isJSON && !repeats ? body : nil)
      losses = sent.losses
      work = .send(sent)
      if let timeout = sent.timeout {
        obligations = [Timeouts.obligation(timeout, from: created)]
      } else {
        obligations = []
      }
    }
  }

  /// The job as it stands when it is accepted.
  private static func document(_ job: Job, _ nodes: [String]?, _ visit: Visit, _ site: Site, _ time: Int64) -> [UInt8] {
    job.set(.owner, text: visit.principal)
    job.set(.targets, texts: nodes)
    job.set(.created, integer: time)
    job.set(.entered, integer: time)
    job.set(.changed, integer: time)
    job.phase = .accepted
    job.addHistory(.accepted, at: time)
    job.nodeRuns = nodes.map { $0.map { NodeRun($0, .pending) } }
    return site.hub.bytes(job)
  }

  /// Takes out the mark by which another gateway would know its request again: it is no part of what is asked.
  private static func unmark(_ job: Job, _ dialect: Dialect) {
    guard let carrier = dialect.carrier, let field = Field(name: carrier.field), field.form == .json,
      var text = job.json(field),
      text.withUTF8({ UnsafeRawBufferPointer($0).contains(Array(carrier.name.utf8)) }),
      let members = (try? JSON(parsing: text, duplicates: .keep))?.members
    else { return }
    let left = members.filter { $0.name != carrier.name }
    guard left.count < members.count else { return }
    job.set(field, text: left.isEmpty ? nil : JSON.object(left).compact)
  }

  /// What a platform finds in a request, by which it is known again.
  private static func mark() -> String {
    var generator = SystemRandomNumberGenerator()
    return "dragoman-" + String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
  }

  private static func order(_ job: Job, _ kind: WorkKind, _ site: Site) throws(Fault) -> RunOrder {
    let runner = site.configuration.runner
    let nodes = try nodes(job, kind, site)
    let wording = try command(job, kind, site)
    if !job.has(.timeout) { job.set(.timeout, integer: Int64(runner.timeout)) }
    if kind != .command { job.set(.capture, flag: true) }
    if job.has(.user) || job.has(.directory) || job.has(.environmentVariables) || job.has(.file) {
      job.set(.fileGiven, flag: job.has(.file))
    }
    return RunOrder(
      job: 0, id: "", command: wording.line, nodes: nodes, user: job.text(.user), directory: job.text(.directory),
      environment: try environment(job) + wording.environment.map { (name: $0.name, value: $0.value) },
      file: job.text(.file).flatMap { InlineFile.content($0) },
      runTimeout: job.integer(.timeout) ?? Int64(runner.timeout),
      quorum: job.integer(.quorum).map { Int(clamping: $0) }, capture: job.flag(.capture) ?? false)
  }

  /// A node that is named several times runs the job once, and counts once. True when there was one.
  private static func nameOnce(_ job: Job) -> Bool {
    guard let named = job.texts(.targets) else { return false }
    var seen: Set<String> = []
    let once = named.filter { seen.insert($0).inserted }
    guard once.count < named.count else { return false }
    job.set(.targets, texts: once)
    if let quorum = job.integer(.quorum) { job.set(.quorum, integer: min(quorum, Int64(once.count))) }
    return true
  }

  private static func kind(_ job: Job) -> WorkKind? {
    if job.has(.command) { return .command }
    if job.has(.task) { return .task }
    if job.has(.package) { return .package }
    return job.has(.environment) ? .converge : nil
  }

  /// The nodes a request means, each once: named one by one, by group, by cluster, or all there are.
  static func nodes(_ job: Job, _ kind: WorkKind, _ site: Site) throws(Fault) -> [String] {
    if let named = job.texts(.targets) { return named }
    let places = site.configuration.runner.places
    if let group = job.text(.group) {
      guard let place = places[.group, group], !place.nodes.isEmpty else {
        throw Fault(.invalid, "no node belongs to the group \(group)", field: "target.group")
      }
      return place.nodes
    }
    if let query = job.json(.query) {
      guard let place = places[.query, PlacesParser.canonical(query: query)] else {
        throw Fault(
          .unsupported, "nobody has said which nodes fit this query; name the nodes", field: "target.query")
      }
      return place.nodes
    }
    if let cluster = job.text(.cluster) {
      guard let found = site.configuration.phrasebook.nodes(ofCluster: cluster) else {
        throw Fault(.noPhrase, "nobody has said which nodes cluster \(cluster) is", field: "target.cluster")
      }
      return found
    }
    guard kind == .converge else {
      throw Fault(.invalid, "the request does not say where to run", field: "target.nodes")
    }
    return site.configuration.runner.inventory.nodes.map(\.name)
  }

  private static func command(
    _ job: Job, _ kind: WorkKind, _ site: Site
  ) throws(Fault) -> (line: String, environment: [Phrasebook.Pair]) {
    if kind == .command { return (job.text(.command) ?? "", []) }
    var intent = Rephrasing.intent(job, kind)
    if kind == .package { intent.pairs += try literals(job) }
    guard case .command(let line, let environment)? = site.configuration.phrasebook.wording(of: intent, in: [.command])
    else {
      throw Fault(
        .noPhrase, "nobody has said what \(kind.name) '\(intent.name)' is here: it has no phrase in the phrasebook")
    }
    return (line, environment)
  }

  /// Expressions can be evaluated nowhere else, but a quoted text is its own value.
  private static func literals(_ job: Job) throws(Fault) -> [Phrasebook.Pair] {
    try Rephrasing.pairs(job.json(.dynamicVariables)).map { pair throws(Fault) in
      guard pair.value.count > 1, pair.value.hasPrefix("'"), pair.value.hasSuffix("'") else {
        throw Fault(
          .refusedLoss, "the expression of '\(pair.name)' cannot be evaluated here", field: "work.dynamic-variables")
      }
      return pair
    }
  }

  private static func environment(_ job: Job) throws(Fault) -> [(name: String, value: String)] {
    try Rephrasing.pairs(job.json(.environmentVariables)).map { pair throws(Fault) in
      let isName = !pair.name.isEmpty && pair.name.utf8.allSatisfy { $0 != 0x3D && $0 != 0 }
      guard isName, !pair.value.utf8.contains(0) else {
        throw Fault(.invalid, "'\(pair.name)' cannot be an environment variable", field: "run.env")
      }
      return (name: pair.name, value: pair.value)
    }
  }

  /// What the runner cannot do: refused if it binds, reported if not.
  private static func losses(_ job: Job, _ kind: WorkKind, _ course: Site.Course) throws(Fault) -> [Loss] {
    var found: [Loss] = []
    if job.flag(.noop) ?? false { found.append(Loss(Field.noop.name, .refused, because: "the runner has no dry run")) }
    if job.has(.concurrency) {
      found.append(Loss(Field.concurrency.name, .dropped, because: "the runner starts all nodes of a job together"))
    }
    if let refused = LossPolicy(allowing: course.allowed).refusal(among: found) {
      throw Fault(.refusedLoss, "\(refused.field) cannot be carried over: \(refused.because)", field: refused.field)
    }
    return found.map { $0.disposition == .refused ? Loss($0.field, .dropped, because: $0.because) : $0 }
  }
}
