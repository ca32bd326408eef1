import JobModel

/// One dialect: a mapping file, checked. Everything a gateway needs to speak it, in both directions and on both sides.
///
/// A class, so that nothing is copied on the way of a request. `@unchecked`: its parser fills it and lets go of it; from then
/// on nobody changes it.
package final class Dialect: @unchecked Sendable {
  package internal(set) var name = ""
  /// What it is, for people.
  package internal(set) var about = ""
  /// Its profiles, the default one first.
  package internal(set) var profiles: [String] = []
  /// Which request speaks which profile; the first that fits.
  package internal(set) var choices: [ProfileChoice] = []
  /// Path prefixes that are its own.
  package internal(set) var prefixes: [String] = []
  /// Forms of a job's id in a path, the one that is written first.
  package internal(set) var ids: [IDForm] = []
  /// Whether its clients count jobs by their ids, so that there must be no gaps.
  package internal(set) var countsJobs = false
  /// Whether this is the hub written out.
  package internal(set) var isCanonical = false
  /// What the real clients of this dialect take for success.
  package internal(set) var success = Success()
  /// The phase whose word is written where the usual one would read as a success that was none.
  package internal(set) var dishonest: Phase?
  /// Words that alone do not settle the outcome.
  package internal(set) var outcomes: [String: OutcomeRule] = [:]
  /// Node words that do not settle it either: unreachable, if the node never started.
  package internal(set) var nodeOutcomes: [String: OutcomeRule] = [:]
  /// Tables by name and profile.
  package internal(set) var words: [String: Words] = [:]
  package internal(set) var overrides: [String: [String: Words]] = [:]
  /// Node words that depend on the job's phase.
  package internal(set) var nodeWhen: [Phase: Words] = [:]
  /// A word nobody knows: the job is over, or may go on.
  package internal(set) var unknownIsOver = false
  package internal(set) var documents: [String: Document] = [:]
  /// Hub fields it cannot carry, and why.
  package internal(set) var cannot: [String: Excuse] = [:]
  /// Values that say what would happen anyway, as JSON; `all` is the number of nodes.
  package internal(set) var neutral: [String: String] = [:]
  /// Where a mark for at-most-once rides.
  package internal(set) var carrier: (field: String, name: String)?
  /// Whether the mark may only be sent where a route says so: the command would see it.
  package internal(set) var carrierNeedsLeave = false
  /// Media types.
  package internal(set) var produces = "application/json"
  package internal(set) var accepts: [String] = []
  package internal(set) var consumes: [String: String] = [:]
  /// In which order a request is checked.
  package internal(set) var checks: [Check] = []
  /// How callers show who they are; nil where nobody is asked.
  package internal(set) var credential: Credential?
  /// Largest body, in bytes.
  package internal(set) var size = 1_000_000
  package internal(set) var bodies: [String: Body] = [:]
  package internal(set) var faults: [Fault.Kind: FaultAnswer] = [:]
  /// Answers of the platform that are a fault other than their status says.
  package internal(set) var recognitions: [Recognition] = []
  package internal(set) var operations: [Operation] = []

  /// A rule for choosing a profile by a request header.
  package struct ProfileChoice: Sendable {
    package var header: String
    /// A piece the header must hold, nil: any value will do.
    package var has: String?
    package var profile: String
  }

  /// The success test of the real clients: the job's word, and the groups every node must be in.
  package struct Success: Sendable {
    package var word = ""
    package var nodes: [String] = []
  }

  /// Why a field is not carried. `derived`: others say it; it is no loss.
  package struct Excuse: Sendable {
    /// For every document, or only for those named.
    package var everywhere: String?
    package var only: [String: String] = [:]

    /// The reason that holds for a document.
    package func reason(for document: String) -> String? { only[document] ?? everywhere }
  }

  /// The steps of checking a request.
  package enum Check: String, Sendable, CaseIterable {
    case route, method, credential, size, body, account, permission, accept, job
    case mediaType = "media-type"
  }

  /// The ways in which callers show who they are.
  package enum Credential: String, Sendable, CaseIterable {
    case signedHeaders = "signed-headers"
    case token
    case basicKey = "basic-key"
    case bearer
    case userAndToken = "user-and-token"
  }

  /// A body of a fault. Places: `{text}` and `{field}` as JSON strings, `{plain}` for HTML, `{kind}`, `{title}`, `{status}`,
  /// `{fault}`, `{details}`.
  package struct Body: Sendable {
    package var type: String
    package var text: String
  }

  /// How a fault is said.
  package struct FaultAnswer: Sendable {
    package var status: Int
    package var body: String
    package var kind: String
    package var title: String
    /// Always says this instead of the fault's own text.
    package var says: String?
    package var headers: [(String, String)]
    /// Whether an `Allow` header names the methods.
    package var allow: Bool
  }

  /// The words of a table in a profile.
  package func words(_ name: String, profile: String) -> Words? {
    guard let base = words[name] else { return nil }
    guard let other = overrides[profile]?[name] else { return base }
    return base.overridden(by: other)
  }

  /// The default profile.
  package var defaultProfile: String { profiles.first ?? "" }
}

/// How a job's id is spelt.
package enum IDForm: String, Sendable, CaseIterable {
  /// 32 hexadecimal digits.
  case hex
  /// Decimal digits, as a JSON number.
  case number
  /// Decimal digits, as a text.
  case digits
  /// The hub's own.
  case text
}

/// One operation of a dialect: what it is called on the wire, and what it reads and answers.
package struct Operation: Sendable {
  /// What is done, whatever it is called.
  package enum Kind: String, Sendable, CaseIterable {
    case submit, get, list, stop, nodes, output
    /// Other documents about a job: a report on its nodes, what happened to it.
    case report, events
    /// Which nodes could be given work: all that could, or each that is asked for.
    case inventory
    /// Whether one node could.
    case node
    /// A token for whoever knows a password.
    case token
  }

  package var name: String
  package var kind: Kind
  package var method: String
  /// Path segments; those in braces are parameters: `account`, `job`, `node`, `channel`.
  package var path: [Segment]
  /// The document its body is read as.
  package var reads: String?
  package var status = 200
  /// The document it answers.
  package var document: String?
  /// The media type it answers, when it is not the dialect's own.
  package var type: String?
  /// The `Location` header.
  package var location: [Piece] = []
  package var page: Page?
  package var onlyWith: OnlyWith?
  /// Whether a stop of a job that is over is simply accepted.
  package var overIsIgnored = false
  package var `repeat` = Repeat.never

  /// A segment of a path.
  package enum Segment: Sendable, Equatable {
    case literal(String)
    case parameter(String)
  }

  /// Whether it may be sent again after an ambiguous failure.
  package enum Repeat: String, Sendable, CaseIterable { case safe, reconcile, never }

  /// A field that is only shown on request.
  package struct OnlyWith: Sendable {
    package var query: String
    package var field: Field
    package var hides: Field?
  }

  /// How lists are paged: names of query parameters, and what holds without them.
  package struct Page: Sendable {
    package var offset: String?
    package var limit: String?
    package var standard: Int?
    package var most: Int?
    /// Values out of range are moved into it instead of refused.
    package var clamps = false
    package var direction: String?
    package var ascending = true
    package var sort: String?
    package var by = "number"
    package var sorts: [String: String] = [:]
    package var phase: String?
    package var since: String?
    /// The number of the first entry that is wanted.
    package var start: String?

    /// No paging: everything, in the order of numbers.
    package init() {}
  }
}
