import JobModel

/// A job as it stood in a list, for callers who see it the same way; how long it has been running is filled in. Kept with the
/// job's snapshot.
final class ListEntry: Sendable {
  let text: Watched.Text
  /// What it does not say.
  let losses: [Loss]
  private let act: Act
  private let profile: String
  private let publicURL: String
  private let account: String

  init(_ text: Watched.Text, _ losses: [Loss], _ visit: Visit) {
    (self.text, self.losses, act) = (text, losses, visit.act)
    (profile, publicURL, account) = (visit.profile, visit.publicURL, visit.parameters.account)
  }

  /// Whether a caller would see the same.
  func isFor(_ visit: Visit) -> Bool {
    visit.act === act && visit.profile == profile && visit.parameters.account == account
      && visit.publicURL == publicURL
  }

  /// Bytes that it takes in memory.
  var weight: Int { text.bytes.count }
}
