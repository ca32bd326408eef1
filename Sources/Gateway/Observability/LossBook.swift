import JobModel
import Mapping

/// What answers did not say of jobs, as it was found the last time: a job that has not changed loses the same again. One
/// for each event loop, bounded.
struct LossBook {
  /// The losses of one answer, and the header that tells of them.
  struct Entry {
    var losses: [Loss]
    var header: String
    fileprivate var document: [UInt8]
    fileprivate var act: ObjectIdentifier
    fileprivate var profile: String
  }

  private var entries: [Int64: Entry] = [:]
  private static let most = 1024

  /// What is lost of a stored job in the answers of an operation; `find` finds out, when that is not known.
  mutating func entry(
    _ stored: Stored, _ visit: Visit, _ find: () -> (losses: [Loss], header: String)
  ) -> Entry {
    let act = ObjectIdentifier(visit.act)
    if let known = entries[stored.number], known.act == act, known.profile == visit.profile,
      known.document == stored.document
    {
      return known
    }
    let (losses, header) = find()
    let new = Entry(losses: losses, header: header, document: stored.document, act: act, profile: visit.profile)
    if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
    entries[stored.number] = new
    return new
  }
}
