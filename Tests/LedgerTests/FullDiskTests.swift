import Glibc
import JobModel
import Ledger
import Testing

/// What happens when there is no room: on a small file system of its own, so only where one may be mounted.
@Suite struct FullDiskTests {
  @Test func aFullDiskIsATypedFaultAndSpendsNoNumber() async throws {
    let shelf = Shelf()
    let mounted = mount("none", shelf.directory, "tmpfs", 0, "size=2m")
    guard mounted == 0 else { return }
    defer { umount2(shelf.directory, Int32(MNT_DETACH)) }
    let ledger = try shelf.open()
    let ballast = open(shelf.directory + "/ballast", O_CREAT | O_WRONLY, 0o600)
    let block = [UInt8](repeating: 0, count: 4096)
    while write(ballast, block, block.count) > 0 {}
    var fault: LedgerFault?
    var last: Int64 = 0
    for _ in 1...100 where fault == nil {
      do {
        last = try await ledger.create(newJob()) { document($0) + Array(repeating: 32, count: 100_000) }
      } catch { fault = error }
    }
    #expect(fault == .full)
    ftruncate(ballast, 0)
    close(ballast)
    #expect(try await ledger.create(newJob(), document: document) == last + 1)
    #expect(try await ledger.page(JobPageRequest()).total == Int(last) + 1)
    try await ledger.close()
  }
}
