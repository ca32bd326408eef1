import Foundation
import Telemetry
import Testing

@Suite struct AuditTests {
  static func submit(_ job: Int64) -> AuditRecord {
    var random = known()
    let ids = RequestIDs(started: 0, using: &random)
    var source = ids.makeSource()
    var record = AuditRecord(
      time: 1_795_332_683_007, request: source.make(), trace: TraceContext(using: &random), action: .submit,
      outcome: .accepted)
    record.job = job
    return record
  }

  @Test func aLineSaysWhoWhatWhere() async throws {
    let scratch = Scratch()
    let path = scratch.file("audit.log")
    let audit = try AuditLog(.file(path), tell: { _ in })
    var one = Self.submit(7)
    one.principal = "kim"
    one.remote = "::1"
    one.credentials = "signature"
    one.dialect = "canonical"
    one.operation = "submit"
    one.kind = "command"
    one.command = "TOKEN=s3cret run-etl --password s3cret"
    one.targets = 2
    one.backend = "runner"
    one.nodes = ["n1", "n\"2"]
    #expect(await audit.write(one))
    // On the disk before the log is closed.
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let expected = """
      {"time":"2026-11-22T07:31:23.007Z","action":"submit","outcome":"accepted","principal":"kim","remote":"::1",\
      "credentials":"signature","dialect":"canonical","operation":"submit","kind":"command","command":"run-etl",\
      "targets":2,"backend":"runner","job":7,"nodes":["n1","n\\"2"],"request":"00000000b8000000000",\
      "trace":"0000000000000000000000005a007080"}

      """
    #expect(text == expected)
    #expect(Scratch.mode(path) == 0o600)
    var other = Self.submit(8)
    other.action = .stop
    other.outcome = .refused("already-over")
    other.job = nil
    audit.note(other)
    await audit.close()
    let lines = try Scratch.lines(path)
    #expect(lines.count == 2 && !text.contains("s3cret"))
    #expect(lines[1]["action"] as? String == "stop" && lines[1]["outcome"] as? String == "refused")
    #expect(lines[1]["fault"] as? String == "already-over")
  }

  @Test(arguments: [
    ("", nil), ("chef-client", "chef-client"), ("  echo hello", "echo"), ("\techo\nhello", "echo"),
    ("A=1 B=2 run x", "run"), ("A=1", nil), ("curl --user=a", "curl"), ("/usr/bin/x -p y", "/usr/bin/x"),
  ]) func theFirstWordOnly(_ command: String, _ expected: String?) async throws {
    let scratch = Scratch()
    let audit = try AuditLog(.file(scratch.file("audit.log")), tell: { _ in })
    var one = Self.submit(1)
    one.command = command
    audit.note(one)
    await audit.close()
    #expect(try Scratch.lines(scratch.file("audit.log")).first?["command"] as? String == expected)
  }

  @Test func manyNodesAreCounted() async throws {
    let scratch = Scratch()
    let audit = try AuditLog(.file(scratch.file("audit.log")), tell: { _ in })
    var one = Self.submit(1)
    one.nodes = (0..<1234).map { "node\($0)" }
    audit.note(one)
    await audit.close()
    let line = try #require(try Scratch.lines(scratch.file("audit.log")).first)
    #expect((line["nodes"] as? [String])?.count == 100 && line["more_nodes"] as? Int == 1134)
  }

  @Test func allThatWaitAreToldAndAllLinesAreThere() async throws {
    let scratch = Scratch()
    let path = scratch.file("audit.log")
    let audit = try AuditLog(.file(path), tell: { _ in })
    let onDisk = await withTaskGroup(of: Bool.self) { group in
      for job in 0..<500 { group.addTask { await audit.write(Self.submit(Int64(job))) } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(onDisk == 500)
    #expect(try Set(Scratch.lines(path).compactMap { $0["job"] as? Int }) == Set(0..<500))
    await audit.close()
    #expect(await !audit.write(Self.submit(1)))
  }

  @Test func aMovedFileIsReopened() async throws {
    let scratch = Scratch()
    let path = scratch.file("audit.log")
    let audit = try AuditLog(.file(path), tell: { _ in })
    #expect(await audit.write(Self.submit(1)))
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    audit.file.reopen()
    #expect(await soon { FileManager.default.fileExists(atPath: path) })
    #expect(await audit.write(Self.submit(2)))
    await audit.close()
    #expect(try Scratch.lines(path).count == 1 && Scratch.lines(path + ".1").count == 1 && Scratch.mode(path) == 0o600)
  }
}
