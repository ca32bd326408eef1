import Foundation
import Telemetry
import Testing

@Suite struct PromtoolTests {
  static let all: [Family] = [
    .requests, .requestDuration, .losses, .faults, .jobsSubmitted, .jobsEnded, .jobsOpen, .jobsInDoubt, .connections,
    .streams, .connectionsAccepted, .connectionsTurnedAway, .connectionTimeouts, .violations, .handshakes,
    .handshakesFailed, .received, .sent, .loopLag, .ledgerCommits, .ledgerCommitSeconds, .ledgerWrites, .ledgerFaults,
    .ledgerSize, .runnerProcesses, .runnerBusy, .build, .reloads, .reloadTime, .reloadSuccessful,
    .linesDropped, .logFailing,
  ]

  /// Every family with two series, as a gateway has them after a while.
  private func exposition() async -> [UInt8] {
    let metrics = Metrics()
    let shard = metrics.makeShard()
    for family in Self.all {
      for value in family.labels.isEmpty ? [""] : ["one", "t\"w\\o\n"] {
        let labels = family.labels.map { _ in value }
        switch family.kind {
        case .counter: shard.add(metrics.counter(family, labels), 12_345)
        case .histogram: shard.observe(metrics.histogram(family, labels), nanoseconds: 777_777)
        case .gauge: metrics.set(metrics.gauge(family, labels), 0.5)
        }
      }
    }
    ProcessReadings.add(to: metrics, started: 1_795_332_683.25)
    return await metrics.exposition()
  }

  @Test func promtoolHasNothingToSay() async throws {
    let scratch = Scratch()
    try Data(await exposition()).write(to: URL(fileURLWithPath: scratch.file("metrics")))
    let said = try shell("promtool check metrics <\(scratch.file("metrics")) 2>&1")
    #expect(
      said.code != 127, "promtool is missing: install Debian's package prometheus (deploy/install test does)")
    #expect(said == Said(code: 0, text: ""))
  }

  @Test func promtoolWouldSaySomething() throws {
    let bad = "# TYPE wrongName counter\nwrongName 1\n"
    let said = try shell("printf '\(bad)' | promtool check metrics 2>&1")
    #expect(said.code != 0 && said.text.contains("wrongName"))
  }

  @Test func theProcessIsSeen() async throws {
    let text = String(decoding: await exposition(), as: UTF8.self)
    func value(_ name: String) -> Double? {
      text.split(separator: "\n").first { $0.hasPrefix(name + " ") }?.split(separator: " ").last.flatMap { Double($0) }
    }
    #expect(try #require(value("process_cpu_seconds_total")) > 0)
    #expect(try #require(value("process_resident_memory_bytes")) > 1_000_000)
    #expect(try #require(value("process_virtual_memory_bytes")) > (value("process_resident_memory_bytes") ?? 0))
    #expect((3...100_000).contains(try #require(value("process_open_fds"))))
    #expect(try #require(value("process_max_fds")) >= 64)
    #expect(value("process_start_time_seconds") == 1_795_332_683.25)
  }

  @Test func unitsStandInTheNames() {
    for family in Self.all {
      let stem = family.name.hasSuffix("_total") ? String(family.name.dropLast(6)) : family.name
      #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
      #expect((family.unit == .seconds) == stem.hasSuffix("_seconds"), "\(family.name)")
      #expect((family.unit == .bytes) == stem.hasSuffix("_bytes"), "\(family.name)")
      #expect(!family.labels.contains("le"))
    }
  }

  struct Said: Equatable {
    var code: Int32
    var text: String
  }

  private func shell(_ command: String) throws -> Said {
    let pipe = try #require(popen(command, "r"))
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&bytes, 1, bytes.count, pipe)
      if count == 0 { break }
      text += bytes[..<count]
    }
    return Said(code: pclose(pipe) >> 8 & 255, text: String(decoding: text, as: UTF8.self))
  }
}
