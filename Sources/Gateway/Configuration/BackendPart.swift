import Credentials
import Transport
import YAMLFile

extension Configuration {
  /// A platform that jobs may run on.
  package struct BackendPart: Sendable {
    package var name: String
    /// Its number in the ledger, for ever; 0 is the embedded backend.
    package var number: Int64
    /// The dialect it speaks, and in which profile; nil for the dialect's own first one.
    package var dialect: String
    package var profile: String?
    /// What stands before the paths of its dialect.
    package var base: String
    /// The organization or account it is called for; nil for the caller's.
    package var account: String?
    package var settings: UpstreamSettings
    package var signer: CallSigner?
    /// Where it stands in the file.
    package var mark: Mark?
  }

  /// Which new jobs go to which backend, and what they may lose on the way. The first route that fits is taken.
  package struct RoutePart: Sendable {
    package var dialect: String?
    package var account: String?
    /// The name of a backend, or `runner`.
    package var backend: String
    /// Hub fields whose loss is allowed.
    package var allowed: Set<String>

    /// Whether it is meant for jobs of this dialect and account.
    func fits(_ dialect: String, _ account: String) -> Bool {
      (self.dialect ?? dialect) == dialect && (self.account ?? account) == account
    }
  }
}
