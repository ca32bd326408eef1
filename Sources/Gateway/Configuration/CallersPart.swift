import Credentials
import Mapping

extension Configuration {
  /// Who may call, and how long what they show is good.
  package struct CallersPart: Sendable {
    package var directory: Directory
    /// Seconds by which the clock of a caller who signs may differ.
    package var skew: Int
    /// How many signatures are remembered.
    package var replays: Int
    /// For tokens that are issued.
    package var tokens: IssuedTokens.Rules
  }
}

extension Configuration.Listener {
  /// Whether a dialect is spoken here.
  func speaks(_ dialect: Dialect) -> Bool { dialects?.contains(dialect.name) ?? true }
}
