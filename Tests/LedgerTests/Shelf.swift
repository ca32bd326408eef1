import Glibc
import JobModel
import Ledger

/// A directory with a ledger in it.
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
    for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
    rmdir(directory)
  }

  func open(now: Int64 = 1000) throws(LedgerFault) -> Ledger {
    try Ledger.open(path: path, now: now) { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
  }
}

/// A job with what a test does not care about filled in.
func newJob(_ scope: String = "acme", created: Int64 = 1, phase: Phase = .accepted) -> NewJob {
  NewJob(dialect: "d", scope: scope, principal: "p", backend: 1, phase: phase, created: created)
}

/// A document that tells its number.
@Sendable func document(_ number: Int64) -> [UInt8] { Array("{\"id\":\(number)}".utf8) }

struct Clumsy: Error {}
