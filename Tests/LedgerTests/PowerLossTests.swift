import Glibc
import Ledger
import Testing

/// The power fails while jobs are written.
///
/// What stays on a disk then is a state of one moment: everything that had been synced, and of what was written since any
/// part. So the writing process is stopped while its files are copied; in which order does not matter then. (Without the
/// stop neither order is a moment: the file before the log may miss what was moved from the log into the file in between,
/// the log before the file may lay old pages over newer ones. Such a copy is no backup, and `Ledger.backup` is.) A stopped
/// process's files hold all that was written, synced or not; so what came after the last commit that anybody was told of is also
/// cut off and overwritten, and pages that a checkpoint may have been moving are spoilt.
@Suite struct PowerLossTests {
  @Test(.enabled(if: Rerun.purpose != nil)) func inTheOtherProcessWriteUntilThePowerFails() async throws {
    let path = try #require(Rerun.purpose)
    let ledger = try Ledger.open(path: path, now: 1) { Array(repeating: 1, count: $0) }
    // Fills the pipe, so that this process is never far ahead of the one that listens.
    let padding = String(repeating: ".", count: 1000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for round in 1...100_000 {
            let obligation = Obligation(kind: "timeout", due: 9)
            let number = try await ledger.create(newJob(), obligations: [obligation], mark: "m") { number in
              paper(number, .accepted) + Array(repeating: 32, count: 200 * writer)
            }
            _ = try await ledger.setBackendID(number, "\(number % 50)", at: 2)
            if round % 4 == 0 {
              print("OPEN \(number) \(padding)")
            } else {
              try await ledger.end(number, at: 3)
              print("OVER \(number) \(padding)")
            }
            if round % 16 == 0 {
              let old = try await ledger.prune(finishedBefore: nil, keeping: Told.kept, limit: 20)
              for number in old { print("GONE \(number) \(padding)") }
            }
            fflush(nil)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func whatWasAcknowledgedIsInEveryCopy() async throws {
    let shelf = Shelf()
    let copy = Shelf()
    var told = Told()
    var copies = 0
    var next = 50
    var heard = 0
    var tails = 0
    try await Rerun.run("inTheOtherProcessWriteUntilThePowerFails", purpose: shelf.path) { line, process in
      if told.hear(line) { heard += 1 }
      guard heard >= next, copies < 12 else { return .goOn }
      // Far enough that what had gathered in the pipe meanwhile has been heard.
      next += Int.random(in: 150...400)
      copies += 1
      try Self.stop(process)
      let picture = Picture(path: shelf.path, logFirst: Bool.random())
      kill(process, SIGCONT)
      try picture.hang(copy.path)
      try await told.expect(in: copy)
      if copies % 3 == 0 {
        let synced = try await picture.synced(told, copy)
        if synced < picture.written { tails += 1 }
        for _ in 1...2 {
          try picture.torn(from: synced).hang(copy.path)
          try await told.expect(in: copy)
        }
      }
      return copies == 12 ? .kill : .goOn
    }
    #expect(copies == 12)
    #expect(!told.gone.isEmpty)
    // Some of the pictures had something on them that nobody had been told of.
    #expect(tails > 0)
  }

  /// Returns when every thread of the process has stopped.
  private static func stop(_ process: Int32) throws {
    kill(process, SIGSTOP)
    while true {
      let threads = Disk.names("/proc/\(process)/task")
      try #require(!threads.isEmpty)
      let states = threads.map { thread in
        // The state follows the name, which stands in brackets.
        let text = String(decoding: Disk.bytes("/proc/\(process)/task/\(thread)/stat"), as: UTF8.self)
        return text.split(separator: ")").last?.first { $0 != " " }
      }
      if states.allSatisfy({ $0 == "T" || $0 == nil }) { return }
      usleep(1000)
    }
  }
}
