import Credentials
import Glibc
import JobModel
import Logging
import Runner

/// Issues tokens to whoever knows a password: one at a time, for each takes a fifth of a second by design, and on threads
/// of their own.
actor LogIns {
  private let book: TokenBook
  private let log: Logger
  private let now: @Sendable () -> Int64
  private var last: Task<Result<String, Fault>, Never>?
  private var waiting = 0

  /// The most who may wait for their turn.
  private static let mostWaiting = 50

  init(book: TokenBook, log: Logger, now: @escaping @Sendable () -> Int64) {
    (self.book, self.log, self.now) = (book, log, now)
  }

  /// A token, which is on disk when this returns, or why there is none.
  func logIn(_ request: TokenRequest, _ gatekeeper: Gatekeeper) async -> Result<String, Fault> {
    guard waiting < Self.mostWaiting else {
      return .failure(Fault(.rateLimited, "too many are logging in at this moment"))
    }
    waiting += 1
    defer { waiting -= 1 }
    let (before, book, log, now) = (last, book, log, now)
    let turn = Task {
      _ = await before?.value
      return await Blocking.run { Self.issue(request, gatekeeper, book, log, now()) }
    }
    last = turn
    return await turn.value
  }

  private static func issue(
    _ request: TokenRequest, _ gatekeeper: Gatekeeper, _ book: TokenBook, _ log: Logger, _ now: Int64
  ) -> Result<String, Fault> {
    var generator = CountedRandom()
    do throws(CredentialFault) {
      let (token, record) = try gatekeeper.logIn(request, now: now, using: &generator)
      guard book.add(record) else {
        log.error(
          "a token could not be written down; it would end with this server", metadata: ["file": "\(book.path)"])
        _ = gatekeeper.tokens.revoke(token: token)
        return .failure(Fault(.backendUnreachable, "the token could not be kept; nothing was done"))
      }
      return .success(token)
    } catch {
      return .failure(Fault(error))
    }
  }
}
