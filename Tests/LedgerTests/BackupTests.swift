import GRDB
import Glibc
import Ledger
import Synchronization
import Testing

@Suite struct BackupTests {
  @Test func aBackupIsOneMomentOfALedgerAtWork() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let large = Array(repeating: UInt8(ascii: " "), count: 20_000)
    for _ in 1...300 { _ = try await ledger.create(newJob()) { paper($0, .accepted) + large } }
    // Jobs are written and end all the time, while copies are made from inside and from outside.
    let writing = Task {
      var number: Int64 = 0
      while !Task.isCancelled {
        number = try await ledger.add(finished: 2)
      }
      return number
    }
    let steps = Mutex<[(Int, Int)]>([])
    try await ledger.backup(to: shelf.directory + "/inside") { done, all in steps.withLock { $0.append((done, all)) } }
    let between = try await ledger.add()
    try LedgerFile.open(path: shelf.path).backup(to: shelf.directory + "/outside")
    writing.cancel()
    _ = try await writing.value
    try await ledger.close()
    let told = steps.withLock { $0 }
    #expect(told.count > 5)
    #expect(told.map(\.0) == told.map(\.0).sorted())
    #expect(told.last.map { $0.0 == $0.1 } == true)
    #expect(shelf.names == ["inside", "ledger.sqlite", "outside"])
    for name in ["inside", "outside"] {
      let path = shelf.directory + "/" + name
      let file = try LedgerFile.open(path: path)
      #expect(try file.check() == [])
      #expect(try file.stats().jobs >= (name == "outside" ? Int(between) : 300))
      var state = stat()
      #expect(stat(path, &state) == 0)
      #expect(state.st_mode & 0o777 == 0o600)
    }
    // Looking at a backup leaves nothing beside it.
    #expect(shelf.names == ["inside", "ledger.sqlite", "outside"])
    // And a server goes on from it.
    let restored = try Ledger.open(path: shelf.directory + "/outside", now: 1) { _ in [] }
    #expect(restored.identity == ledger.identity)
    let jobs = try #require(try await restored.page(.init()).total)
    #expect(try await restored.add() == Int64(jobs) + 1)
    try await restored.close()
  }

  @Test func nothingIsOverwritten() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    _ = try await ledger.add()
    await #expect(throws: BackupFault.exists(shelf.path)) { try await ledger.backup(to: shelf.path) }
    let copy = shelf.directory + "/copy"
    symlink("/no/such/file", copy)
    await #expect(throws: BackupFault.exists(copy)) { try await ledger.backup(to: copy) }
    unlink(copy)
    // Something that came while the copy was made.
    await #expect(throws: BackupFault.exists(copy)) {
      try await ledger.backup(to: copy) { _, _ in close(open(copy, O_CREAT | O_WRONLY, 0o600)) }
    }
    #expect(shelf.names == ["copy", "ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal"])
    let far = "/no/such/folder/copy"
    await #expect(throws: BackupFault.destination(far, "No such file or directory")) {
      try await ledger.backup(to: far)
    }
    try await ledger.close()
  }

  @Test func whatAKilledBackupLeftIsNoHindranceAndOneUnderWayIs() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    _ = try await ledger.add()
    let copy = shelf.directory + "/copy"
    let part = open(copy + ".partial", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    #expect(write(part, "half of something", 17) == 17)
    #expect(flock(part, LOCK_EX) == 0)
    await #expect(throws: BackupFault.underWay(copy)) { try await ledger.backup(to: copy) }
    // Another test may just be starting a command, which shares the file for a moment.
    flock(part, LOCK_UN)
    close(part)
    try await ledger.backup(to: copy)
    #expect(try LedgerFile.open(path: copy).stats().jobs == 1)
    #expect(!shelf.names.contains("copy.partial"))
    try await ledger.close()
  }

  @Test func aLedgerOfTheFirstVersionCanBeBackedUpAsItIs() async throws {
    let shelf = Shelf()
    let queue = try DatabaseQueue(path: shelf.path)
    try await queue.writeWithoutTransaction { db in try db.execute(sql: Version1.sql) }
    try queue.close()
    let copy = shelf.directory + "/copy"
    try LedgerFile.open(path: shelf.path).backup(to: copy)
    #expect(try LedgerFile.open(path: copy).schema == 1)
    #expect(try LedgerFile.open(path: copy).stats().jobs == 6)
  }
}
