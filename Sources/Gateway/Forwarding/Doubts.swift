import Synchronization

/// Submits that somebody has in hand, and those whose first answer was ambiguous: the same caller's repeat of such a request
/// joins the first, once (the client cannot know that it was heard).
final class Doubts: Sendable {
  /// Whose request, and which.
  struct Request: Hashable, Sendable {
    var dialect: String
    var scope: String
    var principal: String
    /// A digest of the body.
    var digest: [UInt8]
  }

  private struct State {
    var inHand: Set<Int64> = []
    var ambiguous: [Request: (job: Int64, until: Int64)] = [:]
  }

  private let state = Mutex(State())
  /// How long a repeat may take: milliseconds.
  private static let window: Int64 = 600_000

  /// Whether a request at work here will say what became of the job.
  func isInHand(_ job: Int64) -> Bool { state.withLock { $0.inHand.contains(job) } }

  func take(_ job: Int64) { state.withLock { _ = $0.inHand.insert(job) } }

  func leave(_ job: Int64) { state.withLock { _ = $0.inHand.remove(job) } }

  /// The caller has been told that nobody knows what became of the request.
  func note(_ request: Request, _ job: Int64, at time: Int64) {
    state.withLock { state in
      state.ambiguous = state.ambiguous.filter { $0.value.until > time }
      state.ambiguous[request] = (job, time + Self.window)
    }
  }

  /// The job that this repeat joins; asked once, it is answered once.
  func joined(_ request: Request, at time: Int64) -> Int64? {
    state.withLock { state in
      guard let found = state.ambiguous.removeValue(forKey: request), found.until > time else { return nil }
      return found.job
    }
  }
}
