import GRDB
import Glibc
import JobModel
import Testing

@testable import Ledger

/// What happens when there is no room, or the disk fails, and when there is room again.
@Suite struct FullDiskTests {
  private static let large = Array(repeating: UInt8(ascii: " "), count: 100_000)

  /// As many callers as there are numbers write at the same moment: who got a number, and who heard what.
  static func crowd(_ ledger: Ledger, _ size: Int) async -> (numbers: [Int64], faults: [LedgerFault]) {
    await withTaskGroup(of: Result<Int64, LedgerFault>.self) { group in
      for _ in 1...size {
        group.addTask {
          do throws(LedgerFault) {
            return .success(try await ledger.create(newJob()) { paper($0, .accepted) + large })
          } catch { return .failure(error) }
        }
      }
      var numbers: [Int64] = []
      var faults: [LedgerFault] = []
      for await result in group {
        switch result {
        case .success(let number): numbers.append(number)
        case .failure(let fault): faults.append(fault)
        }
      }
      return (numbers.sorted(), faults)
    }
  }

  @Test func everyCallerOfAFullStoreIsToldAndNothingIsHalfWritten() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let first = try await ledger.add()
    // The store may have this many pages and no more: SQLite says so as it says that the disk is full.
    func allow(_ pages: Int) async throws {
      try await ledger.pool.writeWithoutTransaction { db in
        _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
      }
    }
    try await allow(try await ledger.pending().size.pages + 60)
    let (numbers, faults) = await Self.crowd(ledger, 40)
    #expect(!faults.isEmpty)
    #expect(faults.allSatisfy { $0 == .full })
    #expect(numbers == (0..<Int64(numbers.count)).map { $0 + 2 })
    #expect(try await ledger.numbers() == [first] + numbers)
    #expect(ledger.counters.failing == .full)
    #expect(ledger.counters.faults["full"] == Int64(faults.count))
    #expect(ledger.counters.failedWrites == Int64(faults.count))
    // What is there can still be read, and the ledger goes on by itself when there is room.
    #expect(try await ledger.document(first) == paper(first, .accepted))
    try await allow(1_000_000)
    let again = await Self.crowd(ledger, 40)
    #expect(again.faults.isEmpty)
    #expect(again.numbers.first == Int64(numbers.count) + 2)
    #expect(ledger.counters.failing == nil)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  /// A real disk of its own, where one may be mounted.
  @Test(.enabled(if: FullDiskTests.mayMount)) func aFullDiskIsATypedFaultAndSpendsNoNumber() async throws {
    let shelf = Shelf()
    try #require(mount("none", shelf.directory, "tmpfs", 0, "size=4m") == 0)
    defer { umount2(shelf.directory, Int32(MNT_DETACH)) }
    let ledger = try shelf.open()
    let first = try await ledger.add()
    let ballast = open(shelf.directory + "/ballast", O_CREAT | O_WRONLY, 0o600)
    let block = [UInt8](repeating: 0, count: 4096)
    while write(ballast, block, block.count) > 0 {}
    let (numbers, faults) = await Self.crowd(ledger, 100)
    #expect(!faults.isEmpty)
    #expect(faults.allSatisfy { $0 == .full }, "\(faults)")
    #expect(try await ledger.numbers() == [first] + numbers)
    ftruncate(ballast, 0)
    close(ballast)
    #expect(try await ledger.add() == Int64(numbers.count) + 2)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }

  static let mayMount: Bool = {
    let shelf = Shelf()
    guard mount("none", shelf.directory, "tmpfs", 0, "size=64k") == 0 else { return false }
    umount2(shelf.directory, Int32(MNT_DETACH))
    return true
  }()

  /// Files of this process may not grow any more, which is how writes to the log fail; and then they may again.
  @Test(.enabled(if: Rerun.purpose != nil)) func inTheOtherProcessFilesCannotGrow() async throws {
    let path = try #require(Rerun.purpose)
    signal(SIGXFSZ, SIG_IGN)
    let ledger = try Ledger.open(path: path, now: 1) { Array(repeating: 1, count: $0) }
    let first = try await ledger.add()
    var state = stat()
    #expect(stat(path + "-wal", &state) == 0)
    func allow(_ bytes: rlim_t) {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = min(bytes, limit.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    allow(rlim_t(state.st_size) + 300_000)
    let (numbers, faults) = await Self.crowd(ledger, 30)
    allow(.max)
    let again = try await ledger.add()
    let found = try await ledger.numbers()
    try await ledger.close()
    let io = faults.filter { if case .io = $0 { true } else { false } }
    print("TOLD \(first) \(numbers.count) \(faults.count) \(io.count) \(again) \(found == [first] + numbers + [again])")
    fflush(nil)
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func aDiskThatFailsIsToldToEveryCallerAndForgotten() async throws {
    let shelf = Shelf()
    var told: [Substring] = []
    try await Rerun.run("inTheOtherProcessFilesCannotGrow", purpose: shelf.path) { line, _ in
      if line.hasPrefix("TOLD ") { told = line.split(separator: " ") }
      return .goOn
    }
    try #require(told.count == 7)
    let (written, failed) = (try #require(Int(told[2])), try #require(Int(told[3])))
    #expect(written + failed == 30)
    #expect(failed > 0)
    #expect(told[4] == told[3])
    #expect(told[5] == "\(written + 2)")
    #expect(told[6] == "true")
    #expect(try shelf.findings().isEmpty)
  }

  @Test func onePoisonedWriteHarmsNoNeighbour() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let results = await withTaskGroup(of: LedgerFault?.self) { group in
      for place in 1...200 {
        group.addTask {
          do throws(LedgerFault) {
            switch place % 10 {
            case 1: try await ledger.write { _ in throw Clumsy() }
            // What no call of the ledger does: a constraint broken, a table that is not there.
            case 2:
              try await ledger.write { db in
                try db.execute(sql: "INSERT INTO history VALUES (1, 1, 'x', 1), (1, 1, 'x', 1)")
              }
            case 3: try await ledger.write { db in try db.execute(sql: "DELETE FROM nothing") }
            default: _ = try await ledger.add()
            }
            return nil
          } catch { return error }
        }
      }
      return await group.reduce(into: []) { found, fault in fault.map { found.append($0) } }
    }
    #expect(results.count == 60)
    #expect(try await ledger.numbers() == Array(1...140))
    #expect(ledger.counters.failedCommits == 0)
    #expect(ledger.counters.failedWrites == 60)
    try await ledger.close()
    #expect(try shelf.findings().isEmpty)
  }
}
