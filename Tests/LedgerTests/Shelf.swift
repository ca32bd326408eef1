import Glibc
import JobModel
import Ledger

/// A directory with a ledger in it, gone with the test.
final class Shelf: Sendable {
  let directory: String
  var path: String { directory + "/ledger.sqlite" }

  init() {
    var name = Array("/tmp/ledger-test-XXXXXX".utf8CString)
    directory = name.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap(mkdtemp).map { String(cString: $0) } ?? "/tmp/ledger-test"
    }
  }

  deinit {
    for name in names { unlink(directory + "/" + name) }
    rmdir(directory)
  }

  /// The names of what is in the directory, sorted.
  var names: [String] { Disk.names(directory) }

  func open(now: Int64 = 1000) throws(LedgerFault) -> Ledger {
    try Ledger.open(path: path, now: now) { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
  }

  /// What is wrong with the ledger, as lines.
  func findings() throws -> [String] { try LedgerFile.open(path: path).check().map(\.description) }
}

/// A job with what a test does not care about filled in.
func newJob(_ scope: String = "acme", created: Int64 = 1, phase: Phase = .accepted) -> NewJob {
  NewJob(dialect: "d", scope: scope, principal: "p", backend: 1, phase: phase, created: created)
}

/// A document that tells its number.
@Sendable func document(_ number: Int64) -> [UInt8] { Array("{\"id\":\(number)}".utf8) }

/// A document that tells its number and its phase, as a ledger that is checked must have them.
@Sendable func paper(_ number: Int64, _ phase: Phase) -> [UInt8] {
  Array("{\"id\":\"\(number)\",\"phase\":\"\(phase.name)\"}".utf8)
}

extension Ledger {
  /// A job that `check` has nothing to say against, and that is over if it shall be.
  func add(_ scope: String = "acme", at: Int64 = 1, finished: Int64? = nil) async throws(LedgerFault) -> Int64 {
    let number = try await create(newJob(scope, created: at)) { paper($0, .accepted) }
    if let finished { try await end(number, at: finished) }
    return number
  }

  func end(_ number: Int64, at: Int64) async throws(LedgerFault) {
    _ = try await update(
      number, phase: .succeeded, changed: at, finished: at, document: paper(number, .succeeded))
  }

  /// The numbers of all jobs, in an order.
  func numbers(_ order: JobPageRequest.Order = .number) async throws(LedgerFault) -> [Int64] {
    try await page(JobPageRequest(order: order)).rows.map(\.number)
  }
}

struct Clumsy: Error {}
