import JobModel
import Phrasebook
import Wire

/// Turns the work of a request into a kind of work that the other side knows, by the site's phrasebook.
package struct Rephrasing {
  private let phrasebook: Phrasebook

  /// With a site's dictionary.
  package init(_ phrasebook: Phrasebook) { self.phrasebook = phrasebook }

  /// Puts the wording for one of the wanted kinds in place of the work that was asked for. Throws `no-phrase` when the
  /// dictionary has none.
  package func rephrase(_ job: Job, into wanted: Set<WorkKind>) throws(Fault) {
    guard let kind = job.kind, !wanted.contains(kind) else { return }
    let intent = Rephrasing.intent(job, kind)
    guard let wording = phrasebook.wording(of: intent, in: wanted) else {
      throw Fault(
        .noPhrase, "nobody has said what \(kind.name) '\(intent.name)' is here: it has no phrase in the phrasebook")
    }
    if kind == .package { places(job) }
    for field in [Field.command, .task, .parameters, .environment, .package, .cluster, .variables] { job.clear(field) }
    put(wording, job)
  }

  /// The work of a job in plain texts.
  package static func intent(_ job: Job, _ kind: WorkKind) -> Phrasebook.Intent {
    switch kind {
    case .command: .init(kind: kind, name: job.text(.command) ?? "")
    case .task: .init(kind: kind, name: job.text(.task) ?? "", pairs: pairs(job.json(.parameters)))
    case .converge: .init(kind: kind, name: job.text(.environment) ?? "")
    case .package:
      .init(
        kind: kind, name: job.text(.package) ?? "", pairs: pairs(job.json(.variables)), cluster: job.text(.cluster))
    }
  }

  /// The members of a flat object as texts; numbers and booleans as they are spelt.
  package static func pairs(_ json: String?) -> [Phrasebook.Pair] {
    guard let json, let members = (try? JSON(parsing: json, duplicates: .lastWins))?.members else { return [] }
    return members.map { Phrasebook.Pair($0.name, $0.value.stringValue ?? $0.value.compact) }
  }

  private func places(_ job: Job) {
    guard !job.has(.targets), let cluster = job.text(.cluster), let nodes = phrasebook.nodes(ofCluster: cluster) else {
      return
    }
    job.set(.targets, texts: nodes)
  }

  private func put(_ wording: Phrasebook.Wording, _ job: Job) {
    switch wording {
    case .command(let line, let environment):
      job.kind = .command
      job.set(.command, text: line)
      if !environment.isEmpty { job.set(.environmentVariables, text: object(environment)) }
    case .task(let name, let parameters):
      job.kind = .task
      job.set(.task, text: name)
      job.set(.parameters, text: object(parameters))
    case .converge(let environment):
      job.kind = .converge
      job.set(.environment, text: environment)
    case .package(let id, let cluster, let variables):
      job.kind = .package
      job.set(.package, text: id)
      if let cluster { job.set(.cluster, text: cluster) }
      job.set(.variables, text: object(variables))
    }
  }

  private func object(_ pairs: [Phrasebook.Pair]) -> String {
    JSON.object(pairs.map { JSON.Member($0.name, .string($0.value)) }).compact
  }
}
