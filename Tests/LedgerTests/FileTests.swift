import Glibc
import JobModel
import Ledger
import Testing

@Suite struct FileTests {
  @Test func theIdentityIsMadeOnceAndKept() async throws {
    let shelf = Shelf()
    let first = try shelf.open(now: 5)
    #expect(first.identity.key.count == 32)
    #expect(first.identity.instance.count == 32)
    #expect(first.identity.created == 5)
    try await first.set([0, 1, 255], for: "mark")
    try await first.set([], for: "empty")
    try await first.close()
    let second = try shelf.open(now: 99)
    #expect(second.identity == first.identity)
    #expect(try await second.value(of: "mark") == [0, 1, 255])
    #expect(try await second.value(of: "empty") == [])
    #expect(try await second.value(of: "key") == nil)
    try await second.close()
  }

  @Test func theFileIsItsOwnersOnly() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    _ = try await ledger.create(newJob(), document: document)
    for end in ["", "-wal", "-shm"] {
      var state = stat()
      #expect(stat(shelf.path + end, &state) == 0)
      #expect(state.st_mode & 0o777 == 0o600)
    }
    try await ledger.close()
  }

  @Test func aLaterVersionsFileIsRefused() async throws {
    let shelf = Shelf()
    try await shelf.open().close()
    // Bytes 60…63 of the header are the user version.
    let file = open(shelf.path, O_RDWR)
    #expect(pwrite(file, [0, 0, 0, 99] as [UInt8], 4, 60) == 4)
    close(file)
    #expect(throws: LedgerFault.newer(found: 99, known: 4)) { try shelf.open() }
  }

  @Test func whatIsNoLedgerIsRefused() async throws {
    let shelf = Shelf()
    let file = open(shelf.path, O_CREAT | O_RDWR, 0o600)
    _ = pwrite(file, Array(repeating: UInt8(ascii: "x"), count: 4096), 4096, 0)
    close(file)
    do {
      _ = try shelf.open()
      Issue.record("that was no database")
    } catch { guard case .corrupt = error else { throw error } }
    do {
      _ = try Ledger.open(path: "/no/such/directory/ledger", now: 0) { _ in [] }
      Issue.record("that was no directory")
    } catch { guard case .io = error else { throw error } }
  }

  @Test func anotherProgramsDatabaseIsRefused() async throws {
    let shelf = Shelf()
    try await shelf.open().close()
    // Bytes 68…71 are the application's mark.
    let file = open(shelf.path, O_RDWR)
    #expect(pwrite(file, [0, 0, 0, 7] as [UInt8], 4, 68) == 4)
    close(file)
    #expect(throws: LedgerFault.corrupt("not a ledger")) { try shelf.open() }
  }

  @Test func aLedgerHasOneOwner() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    #expect(throws: LedgerFault.busy) { try shelf.open() }
    _ = try await ledger.add()
    // Looking at it is something else.
    #expect(try LedgerFile.open(path: shelf.path).stats().jobs == 1)
    _ = try await ledger.add()
    try await ledger.close()
    // After the end all is in one file.
    #expect(shelf.names == ["ledger.sqlite"])
    let again = try shelf.open()
    #expect(try await again.numbers() == [1, 2])
    try await again.close()
  }

  @Test func aClosedLedgerSaysSo() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    _ = try await ledger.create(newJob(), document: document)
    try await ledger.close()
    await #expect(throws: LedgerFault.closed) { _ = try await ledger.create(newJob(), document: document) }
    await #expect(throws: LedgerFault.closed) { _ = try await ledger.document(1) }
  }

  @Test func whatWasTakenBeforeTheCloseIsOnDisk() async throws {
    let shelf = Shelf()
    let ledger = try shelf.open()
    let kept = await withTaskGroup(of: Int64?.self) { group in
      for _ in 1...200 { group.addTask { try? await ledger.create(newJob(), document: document) } }
      group.addTask {
        try? await ledger.close()
        return nil
      }
      return await group.reduce(into: []) { found, number in number.map { found.append($0) } }
    }
    let again = try shelf.open()
    #expect(try await again.page(JobPageRequest()).rows.map(\.number) == kept.sorted())
    try await again.close()
  }
}
