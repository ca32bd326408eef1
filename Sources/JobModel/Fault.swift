/// What went wrong, in words that belong to no platform; each dialect says it its own way.
package struct Fault: Error, Sendable, Equatable {
  /// The kinds of fault that a dialect must have an answer for.
  package enum Kind: String, CaseIterable, Sendable {
    case unknownRoute = "unknown-route"
    case method = "method"
    case noCredential = "no-credential"
    case badCredential = "bad-credential"
    case forbidden = "forbidden"
    /// There is no such organization or account.
    case unknownAccount = "unknown-account"
    /// The body cannot be read at all.
    case malformed = "malformed"
    /// The body can be read, but a field is wrong or missing.
    case invalid = "invalid"
    case tooLarge = "too-large"
    case mediaType = "media-type"
    case notAcceptable = "not-acceptable"
    case unknownJob = "unknown-job"
    case unknownNode = "unknown-node"
    case unknownOutput = "unknown-output"
    /// An id that cannot be one in this dialect.
    case badID = "bad-id"
    /// Cannot be done over this backend.
    case unsupported = "unsupported"
    /// A binding field would be lost.
    case refusedLoss = "refused-loss"
    case noPhrase = "no-phrase"
    /// Stop of a job that is over.
    case alreadyOver = "already-over"
    case rateLimited = "rate-limited"
    case backendUnreachable = "backend-unreachable"
    case backendSlow = "backend-slow"
    case backendNonsense = "backend-nonsense"
    case `internal` = "internal"
  }

  package var kind: Kind
  /// A sentence for people. Never holds a secret.
  package var text: String
  /// The member at fault, as the caller's dialect spells it.
  package var field: String?
  /// The caller's platform's own name for it, where one is known that says more than the kind.
  package var word: String?
  /// Whether an answer that asks for credentials says how to give them.
  package var challenges = true

  /// A fault of a kind.
  package init(_ kind: Kind, _ text: String, field: String? = nil) {
    self.kind = kind
    self.text = text
    self.field = field
  }
}
