import Foundation
import Telemetry
import Testing

@Suite struct LogFileTests {
  @Test func everyLineOfManyThreadsIsWritten() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    let log = try AccessLog(.file(path), mask: .omit, tell: { _ in })
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<3 {
        group.addTask {
          let pen = log.makePen()
          for number in 0..<500 { pen.write(record(Int64(thread * 500 + number))) }
        }
      }
    }
    await log.file.close()
    let jobs = try Scratch.lines(path).compactMap { $0["job"] as? Int }
    #expect(jobs.sorted() == Array(0..<1500))
    #expect(
      (0..<3).allSatisfy { thread in jobs.filter { $0 / 500 == thread } == Array(thread * 500..<thread * 500 + 500) })
    #expect(log.file.dropped == 0 && !log.file.isFailing)
    #expect(Scratch.mode(path) & ~0o640 == 0 && Scratch.mode(path) & 0o600 == 0o600)
  }

  @Test func aSingleLineIsWrittenWithoutAnotherBehindIt() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    let log = try AccessLog(.file(path), mask: .omit, tell: { _ in })
    let pen = log.makePen()
    pen.write(record(1))
    #expect(try await soon { try Scratch.lines(path).count == 1 })
    await log.file.close()
  }

  /// Longer than the pieces in which a log is sent on to the disk.
  @Test func aLongLogIsWhole() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    let log = try AccessLog(.file(path), mask: .omit, tell: { _ in })
    let pen = log.makePen()
    let name = String(repeating: "n", count: 2000)
    func size() -> Int { (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0 }
    // Numbers of as many digits make lines of the same length.
    let jobs = Array(10_000..<16_000)
    var length = 0
    for (index, job) in jobs.enumerated() {
      lend(name) { name in
        var record = record(Int64(job))
        record.path = name
        pen.write(record)
      }
      if index == 0 {
        #expect(await soon { size() > 0 })
        length = size()
      } else if index % 200 == 0 {
        // No more of them wait than the ring holds.
        #expect(await soon { size() == length * (index + 1) })
      }
    }
    await log.file.close()
    #expect(try Scratch.lines(path).compactMap { $0["job"] as? Int } == jobs)
    #expect(log.file.dropped == 0)
  }

  @Test func closingTwiceIsClosing() async throws {
    let scratch = Scratch()
    let log = try AccessLog(.file(scratch.file("access.log")), mask: .omit, tell: { _ in })
    async let one: Void = log.file.close()
    async let other: Void = log.file.close()
    _ = await (one, other)
    await log.file.close()
  }

  @Test func aMovedFileIsReopened() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    let news = Newspaper()
    let log = try AccessLog(.file(path), mask: .omit, tell: news.tell)
    let pen = log.makePen()
    for round in 0..<5 {
      for number in 0..<100 { pen.write(record(Int64(round * 100 + number))) }
      try FileManager.default.moveItem(atPath: path, toPath: path + ".\(round)")
      log.file.reopen()
      #expect(await soon { news.all.count == round + 1 })
    }
    pen.write(record(500))
    // Nobody has moved it: the same file goes on, and that is no news.
    log.file.reopen()
    pen.write(record(501))
    await log.file.close()
    let files = (0..<5).map { path + ".\($0)" } + [path]
    let jobs = try files.flatMap { try Scratch.lines($0) }.compactMap { $0["job"] as? Int }
    #expect(jobs == Array(0...501))
    #expect(news.all == Array(repeating: .reopened(.file(path)), count: 5))
  }

  @Test func whatCannotBeReopenedGoesOn() async throws {
    let scratch = Scratch()
    let folder = scratch.file("logs")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let news = Newspaper()
    let log = try AccessLog(.file(folder + "/access.log"), mask: .omit, tell: news.tell)
    try FileManager.default.moveItem(atPath: folder, toPath: scratch.file("old"))
    log.file.reopen()
    #expect(await soon { news.all.count == 1 })
    #expect("\(news.all)".contains("could not be reopened") && "\(news.all)".contains("No such file"))
    log.makePen().write(record(1))
    await log.file.close()
    #expect(try Scratch.lines(scratch.file("old/access.log")).count == 1)
  }

  @Test func aLineThatWasCutOffStaysAlone() async throws {
    let scratch = Scratch()
    let path = scratch.file("access.log")
    try Data("{\"whole\":1}\n{\"cut".utf8).write(to: URL(fileURLWithPath: path))
    let log = try AccessLog(.file(path), mask: .omit, tell: { _ in })
    log.makePen().write(record(1))
    await log.file.close()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[1] == "{\"cut" && lines[2].hasSuffix("\"job\":1}") && lines[3].isEmpty)
  }

  @Test(arguments: ["/proc/nobody/access.log", "/", "/dev/null/access.log"])
  func aFileThatCannotBeIsSaidAtOnce(_ path: String) {
    let fault = #expect(throws: LogFault.self) { try AccessLog(.file(path), mask: .omit, tell: { _ in }) }
    #expect(fault?.description.hasPrefix(path + ": cannot be opened for writing: ") ?? false)
  }

  @Test func aPipeThatNobodyReadsIsSaidAtOnce() throws {
    let scratch = Scratch()
    #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
    #expect(throws: LogFault.self) { try AccessLog(.file(scratch.file("pipe")), mask: .omit, tell: { _ in }) }
  }

  @Test func aSlowReaderOfAPipeGetsWholeLinesAndTheCountOfThoseDropped() async throws {
    let scratch = Scratch()
    let path = scratch.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }
    let log = try AccessLog(.file(path), mask: .omit, ringBytes: 16_384, tell: { _ in })
    let pen = log.makePen()
    // More than the pipe and the ring hold together.
    for number in 0..<2000 { pen.write(record(Int64(number))) }
    let lost = log.file.dropped
    #expect(lost > 0)
    var text: [UInt8] = []
    func readSome() {
      var bytes = [UInt8](repeating: 0, count: 1000)
      while case let count = read(reader, &bytes, bytes.count), count > 0 { text += bytes[..<count] }
    }
    func count() -> Int { text.count { $0 == UInt8(ascii: "\n") } }
    #expect(
      await soon {
        readSome()
        return count() == 2000 - lost
      })
    pen.write(record(2000))
    #expect(
      await soon {
        readSome()
        return count() == 2001 - lost
      })
    await log.file.close()
    try Data(text).write(to: URL(fileURLWithPath: scratch.file("read")))
    let lines = try Scratch.lines(scratch.file("read"))
    var next = 0
    for line in lines {
      // Where lines are missing, the next one says how many.
      next += line["dropped"] as? Int ?? 0
      #expect(line["job"] as? Int == next)
      next += 1
    }
    #expect(next == 2001)
  }
}
