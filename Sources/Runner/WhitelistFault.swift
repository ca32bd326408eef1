/// Why a whitelist cannot be used. `entry` counts from 0, in the order the entries were given.
package enum WhitelistFault: Error, Sendable, Equatable {
  /// The pattern is no regular expression; `reason` is the parser's.
  case pattern(entry: Int, pattern: String, reason: String)
  /// The command line asks for `\group`, and the pattern has `groups` of them.
  case group(entry: Int, pattern: String, group: Int, groups: Int)
  /// A command line cannot hold a NUL.
  case nul(entry: Int)
}
