import Foundation
import Telemetry
import Testing

@Suite struct FullDiskTests {
  /// In a process of its own, for the limit on the size of files holds for all of a process: a file that may not grow is
  /// to the writer what a full disk is, short writes included.
  @Test func linesWaitUntilThereIsRoomAndAreCountedWhenTheyCannot() async {
    await #expect(processExitsWith: .success) {
      let scratch = Scratch()
      let path = scratch.file("access.log")
      var limit = rlimit()
      getrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 10_000
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let news = Newspaper()
      let log = try AccessLog(.file(path), mask: .omit, ringBytes: 65_536, tell: news.tell)
      let pen = log.makePen()
      for number in 0..<1000 { pen.write(record(Int64(number))) }
      #expect(await soon { log.file.isFailing })
      #expect("\(news.all)".contains("File too large"))
      // More than the ring holds.
      for number in 1000..<2000 { pen.write(record(Int64(number))) }
      let lost = log.file.dropped
      #expect(lost > 1000)
      limit.rlim_cur = limit.rlim_max
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #expect(await soon { !log.file.isFailing })
      pen.write(record(2000))
      await log.file.close()
      #expect(news.all.last == .recovered(.file(path)))
      let lines = try Scratch.lines(path)
      #expect(lines.count == 2001 - lost)
      #expect(lines.compactMap { $0["dropped"] as? Int }.reduce(0, +) == lost)
      #expect(lines.last?["job"] as? Int == 2000)
    }
  }

  /// The half line that a full disk left is begun anew in the next file.
  @Test func aHalfLineDoesNotReachTheNextFile() async {
    await #expect(processExitsWith: .success) {
      let scratch = Scratch()
      let path = scratch.file("access.log")
      var limit = rlimit()
      getrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 1_000
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let news = Newspaper()
      let log = try AccessLog(.file(path), mask: .omit, tell: news.tell)
      let pen = log.makePen()
      for number in 0..<8 { pen.write(record(Int64(number))) }
      #expect(await soon { log.file.isFailing })
      try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
      limit.rlim_cur = limit.rlim_max
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      log.file.reopen()
      #expect(await soon { news.all.contains(.reopened(.file(path))) })
      await log.file.close()
      let first = try Data(contentsOf: URL(fileURLWithPath: path + ".1"))
      let whole = first.filter { $0 == UInt8(ascii: "\n") }.count
      let jobs = try Scratch.lines(path).compactMap { $0["job"] as? Int }
      // Either the writer finished the line in the old file before it heard of the new one, or the new one has it whole.
      #expect(whole + jobs.count == 8 && jobs == Array(whole..<8))
    }
  }

  @Test func aDeviceThatIsFullHoldsUpNobody() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    let news = Newspaper()
    let log = try AccessLog(.file(path), mask: .omit, tell: news.tell)
    let pen = log.makePen()
    pen.write(record(1))
    #expect(await soon { log.file.isFailing })
    #expect("\(news.all)".contains("No space left on device"))
    try FileManager.default.removeItem(atPath: path)
    log.file.reopen()
    #expect(await soon { !log.file.isFailing })
    await log.file.close()
    #expect(try Scratch.lines(path).count == 1 && log.file.dropped == 0)
  }

  @Test func aCloseInVainEndsAndCounts() async throws {
    let log = try AccessLog(.file("/dev/full"), mask: .omit, tell: { _ in })
    let pen = log.makePen()
    for number in 0..<7 { pen.write(record(Int64(number))) }
    await log.file.close()
    #expect(log.file.dropped == 7)
  }

  @Test func anAuditLineThatCannotBeWrittenIsSaidToBeNone() async throws {
    let audit = try AuditLog(.file("/dev/full"), tell: { _ in })
    #expect(await !audit.write(AuditTests.submit(1)))
    await audit.close()
    #expect(audit.file.dropped == 1)
    #expect(await !audit.write(AuditTests.submit(2)))
  }
}
