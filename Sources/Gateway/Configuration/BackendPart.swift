import Credentials
import Phrasebook
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
    /// It is shown its callers' own credentials.
    package var relays: Bool
    /// What nodes are called here and there.
    package var nodes: NodeNames
    /// Where it stands in the file.
    package var mark: Mark?
  }

  /// Which new jobs go to which backend, and what they may lose on the way. The first route that fits is taken.
  package struct RoutePart: Sendable {
    package var dialect: String?
    package var account: String?
    /// What is run: a command, the name of a task, an environment, a package's number.
    package var work: Pattern?
    /// All nodes that are named fit it.
    package var node: Pattern?
    /// Of a hundred different pieces of work, about so many: always the same ones.
    package var share: Int?
    /// The name of a backend, or `runner`.
    package var backend: String
    /// Hub fields whose loss is allowed.
    package var allowed: Set<String>

    /// Whether jobs of this dialect and account may go here.
    func mayFit(_ dialect: String, _ account: String) -> Bool {
      (self.dialect ?? dialect) == dialect && (self.account ?? account) == account
    }

    /// Whether it takes everything of its dialect and account.
    var isForAll: Bool { work == nil && node == nil && share == nil }
  }
}

/// A new job, as routes look at it.
struct NewWork {
  var dialect: String
  var account: String
  var title: String
  var nodes: [String]

  func fits(_ route: Configuration.RoutePart) -> Bool {
    guard route.mayFit(dialect, account) else { return false }
    if let work = route.work, !fits(work, title) { return false }
    if let node = route.node, nodes.isEmpty || !nodes.allSatisfy({ fits(node, $0) }) { return false }
    return route.share.map { place < $0 } ?? true
  }

  private func fits(_ pattern: Pattern, _ text: String) -> Bool {
    var captures: [String: String] = [:]
    return pattern.match(text, into: &captures)
  }

  /// 0…99, the same for the same work of the same account, after a restart and on another machine, too.
  private var place: Int {
    let digest = Array("\(account)\0\(title)".utf8).withUnsafeBytes { RequestDigest.of($0) }
    return Int(digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } % 100)
  }
}
