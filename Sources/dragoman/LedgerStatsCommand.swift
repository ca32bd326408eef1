import ArgumentParser
import FoundationEssentials
import Ledger

/// `dragoman ledger stats`.
struct LedgerStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Say how many jobs are in a ledger, and how large it is.")

  @OptionGroup var place: LedgerPlace
  @Flag(help: "As JSON; times are milliseconds since 1970.")
  var json = false
  @Argument(help: "A ledger or a backup of one.")
  var file: String?

  func run() throws {
    try place.look(file) { print(json ? try encoded($0.stats()) : LedgerStatsCommand.text(try $0.stats())) }
  }

  private func encoded(_ stats: LedgerStats) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(stats), as: UTF8.self)
  }

  private static func text(_ stats: LedgerStats) -> String {
    func counts(_ counts: [String: Int]) -> String {
      counts.isEmpty
        ? "-"
        : counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(
          separator: ", ")
    }
    func time(_ milliseconds: Int64?) -> String {
      milliseconds.map { Date(timeIntervalSince1970: Double($0) / 1000).formatted(.iso8601) } ?? "-"
    }
    let size = stats.size
    let rows = [
      ("jobs", "\(stats.jobs), \(stats.pending.openJobs) open, last number \(stats.lastNumber)"),
      ("by phase", counts(stats.byPhase)), ("by dialect", counts(stats.byDialect)),
      ("by backend", counts(stats.byBackend)),
      ("accepted", "from \(time(stats.oldest)) to \(time(stats.newest))"),
      ("owed", "\(stats.pending.obligations), next due \(time(stats.pending.nextDue))"),
      ("in doubt", "\(stats.pending.inDoubt)"),
      ("documents", "\(stats.documentBytes) bytes"),
      ("file", "\(size.pages * size.pageSize) bytes, \(size.freePages * size.pageSize) of them free for new jobs"),
      ("log", "\(size.logBytes) bytes"), ("schema", "\(stats.schema)"),
    ]
    return rows.map { $0.0 + String(repeating: " ", count: 12 - $0.0.count) + $0.1 }.joined(separator: "\n")
  }
}
